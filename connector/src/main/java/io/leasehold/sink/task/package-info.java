/** What the subtasks of a leased sink do, in the TaskManagers. */
package io.leasehold.sink.task;
