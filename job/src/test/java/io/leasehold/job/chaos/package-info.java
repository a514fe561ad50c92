/**
 * The chaos suite: real clusters are hurt, and every record is audited. Run by {@code mvn -Pchaos
 * -pl job -am verify -Dchaos.scenario=NAME}.
 */
package io.leasehold.job.chaos;
