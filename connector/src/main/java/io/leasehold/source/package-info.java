/** The public API: any FLIP-27 source, made to share its queue with other jobs. */
package io.leasehold.source;
