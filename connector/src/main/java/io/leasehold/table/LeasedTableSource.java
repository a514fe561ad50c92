package io.leasehold.table;

import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.ScanTableSource.ScanContext;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsSourceWatermark;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.types.RowKind;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table source of another connector, made to be leased. Flink asks a table source what it can
 * do by the interfaces it has, and that differs from one connector to the next: so this is a proxy
 * that has of the interfaces in {@link #ABILITIES} those that the other one has.
 */
final class LeasedTableSource implements InvocationHandler {

    /**
     * What says how a reader shows its records, whichever splits it reads. All else stays with
     * Flink: filters, partitions and limits that a source takes over may stand in its splits, or
     * hide some, and those are shared with jobs that ask for something else; a lookup is no reading
     * of splits at all.
     */
    private static final List<Class<?>> ABILITIES =
            List.of(
                    SupportsProjectionPushDown.class,
                    SupportsReadingMetadata.class,
                    SupportsSourceWatermark.class,
                    SupportsWatermarkPushDown.class);

    private final ScanTableSource inner;
    private final LeasedTable table;

    private LeasedTableSource(ScanTableSource inner, LeasedTable table) {
        this.inner = inner;
        this.table = table;
    }

    /**
     * @throws org.apache.flink.table.api.ValidationException if its records cannot be shared
     */
    static ScanTableSource around(ScanTableSource inner, LeasedTable table) {
        ChangelogMode changes = inner.getChangelogMode();
        if (changes.contains(RowKind.UPDATE_AFTER) && !changes.contains(RowKind.UPDATE_BEFORE)) {
            throw table.refused(
                    "its records are upserts, which mean something only to a job that has seen what was there before, and that does not move with a split");
        }
        return proxy(inner, table);
    }

    private static ScanTableSource proxy(ScanTableSource inner, LeasedTable table) {
        Class<?>[] interfaces =
                Stream.concat(
                                Stream.of(ScanTableSource.class),
                                ABILITIES.stream().filter(ability -> ability.isInstance(inner)))
                        .toArray(Class<?>[]::new);
        return (ScanTableSource)
                Proxy.newProxyInstance(
                        LeasedTableSource.class.getClassLoader(),
                        interfaces,
                        new LeasedTableSource(inner, table));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getScanRuntimeProvider" ->
                    LeasedScan.of(inner.getScanRuntimeProvider((ScanContext) arguments[0]), table);
            case "copy" -> copy();
            case "asSummaryString", "toString" -> "leased " + inner.asSummaryString();
            case "equals" -> isSame(arguments[0]);
            case "hashCode" -> inner.hashCode();
            default -> passOn(method, arguments);
        };
    }

    private DynamicTableSource copy() {
        // A table source that can be scanned has no copies that cannot.
        return proxy((ScanTableSource) inner.copy(), table);
    }

    private boolean isSame(Object other) {
        return other != null
                && Proxy.isProxyClass(other.getClass())
                && Proxy.getInvocationHandler(other) instanceof LeasedTableSource that
                && inner.equals(that.inner)
                && table.equals(that.table);
    }

    private Object passOn(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(inner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
