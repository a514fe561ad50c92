package io.leasehold.table;

import io.leasehold.option.LeaseSettings;

import org.apache.flink.table.api.ValidationException;

import java.util.Locale;

/**
 * A table that is leased.
 *
 * @param name with its catalog and database
 * @param connector that reads it
 * @param lease with whom it is shared
 */
record LeasedTable(String name, String connector, LeaseSettings lease) {

    /** Why it cannot be leased: what follows "because", without a full stop. */
    ValidationException refused(String because, Object... details) {
        return new ValidationException(
                "Table %s of connector '%s' cannot be leased: %s."
                        .formatted(name, connector, String.format(Locale.ROOT, because, details)));
    }
}
