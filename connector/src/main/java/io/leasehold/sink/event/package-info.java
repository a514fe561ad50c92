/** What the subtasks of a leased sink and their coordinator say to each other. */
package io.leasehold.sink.event;
