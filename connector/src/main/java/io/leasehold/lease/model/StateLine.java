package io.leasehold.lease.model;

/**
 * One unbroken line of Flink state: a job that resumes from its own checkpoint or savepoint stays
 * on its line, and a job that starts without state begins a new one.
 *
 * @param id random name, kept in the state itself
 */
public record StateLine(String id) {

    public StateLine {
        DecidedOutput.requireShort("state line", id);
    }

    @Override
    public String toString() {
        return id;
    }
}
