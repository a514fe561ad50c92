/**
 * What tests of stores, of the connector and of jobs share: the contract every store is held to, a
 * database, and members that do what the test says.
 */
package io.leasehold.testkit;
