/**
 * Every order in which a few members can hand splits over and take them over: the real keepers over
 * the real table in memory, all that may happen next tried in every state, each state once.
 */
package io.leasehold.exploration;
