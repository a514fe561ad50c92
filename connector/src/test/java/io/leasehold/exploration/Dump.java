package io.leasehold.exploration;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Share;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everything that the private fields of one part of a state hold, as a row of numbers, each with
 * what it means.
 *
 * <p>A number whose {@link Meaning} nobody has said is an error: a field that is new in the
 * explored code must not make states differ, or look alike, by accident.
 */
final class Dump {

    private record Part(Field field, Meaning meaning) {}

    /**
     * @param type tells it from other types
     * @param naming the field that says whose beats or epochs the numbers in it are, if one does
     */
    private record Shape(int type, List<Part> parts, Optional<Field> naming) {}

    private static final Map<Class<?>, Shape> SHAPES = new ConcurrentHashMap<>();

    private long[] numbers = new long[160];
    private int[] series = new int[160];
    private int size;

    static Dump of(Object part) {
        Dump dump = new Dump();
        dump.look(part, Meaning.PART, "");
        return dump;
    }

    int size() {
        return size;
    }

    long number(int at) {
        return numbers[at];
    }

    /** Which of the {@link Series} a number is of. */
    int series(int at) {
        return series[at];
    }

    Dump add(long number) {
        return add(number, Series.PLAIN);
    }

    Dump addTime(long time) {
        return add(time, Series.TIME);
    }

    Dump add(Object value) {
        look(value, Meaning.PART, "");
        return this;
    }

    /** Epochs by split. */
    Dump addEpochs(Map<String, Long> epochs) {
        look(epochs, Meaning.EPOCH, "");
        return this;
    }

    private Dump add(long number, int of) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
            series = Arrays.copyOf(series, 2 * size);
        }
        numbers[size] = number;
        series[size++] = of;
        return this;
    }

    private void look(Object value, Meaning meaning, String of) {
        if (value == null) {
            add(-1);
        } else if (value instanceof Optional<?> optional) {
            add(optional.isPresent() ? 1 : 0);
            if (optional.isPresent()) {
                look(optional.get(), meaning, of);
            }
        } else if (value instanceof OptionalLong optional) {
            add(optional.isPresent() ? 1 : 0);
            if (optional.isPresent()) {
                add(optional.getAsLong(), Series.of(meaning, of));
            }
        } else if (value instanceof OptionalInt optional) {
            add(optional.orElse(-1));
        } else if (value instanceof Long || value instanceof Integer) {
            add(((Number) value).longValue(), Series.of(meaning, of));
        } else if (value instanceof Map<?, ?> map) {
            add(map.size());
            map.forEach(
                    (key, it) -> {
                        look(key, Meaning.PART, of);
                        look(it, meaning, key instanceof String name ? name : of);
                    });
        } else if (value instanceof Set<?> set) {
            add(set.size());
            long sum = 0;
            for (Object it : set) {
                sum += unordered(it);
            }
            add(sum);
        } else if (value instanceof Collection<?> list) {
            add(list.size());
            list.forEach(it -> look(it, meaning, of));
        } else {
            lookInto(value, of);
        }
    }

    private void lookInto(Object value, String of) {
        if (value instanceof Boolean is) {
            add(is ? 1 : 0);
        } else if (value instanceof String text) {
            add(text.hashCode());
        } else if (value instanceof Double number) {
            add(Double.doubleToLongBits(number));
        } else if (value instanceof Enum<?> one) {
            add(one.ordinal());
        } else if (value instanceof Duration duration) {
            add(duration.toNanos());
        } else if (value instanceof Incarnation incarnation) {
            add(incarnation.id().hashCode());
        } else {
            Shape shape = SHAPES.computeIfAbsent(value.getClass(), Dump::shapeOf);
            String named =
                    shape.naming().isPresent()
                            ? name(Inside.read(shape.naming().get(), value))
                            : of;
            add(shape.type());
            for (Part part : shape.parts()) {
                look(Inside.read(part.field(), value), part.meaning(), named);
            }
        }
    }

    private static String name(Object naming) {
        return naming instanceof Incarnation incarnation ? incarnation.id() : (String) naming;
    }

    /**
     * What is in a set is in no order, and holds nothing that counts up. Enumerations do not hash
     * alike in every run.
     */
    private static long unordered(Object value) {
        long hash = 1;
        if (value instanceof List<?> list) {
            for (Object it : list) {
                hash = Series.mixed(hash + unordered(it));
            }
        } else if (value instanceof Enum<?> one) {
            hash = one.ordinal();
        } else if (value instanceof Share share) {
            hash = share.weight();
        } else {
            hash = value.hashCode();
        }
        return Series.mixed(hash);
    }

    private static Shape shapeOf(Class<?> type) {
        List<Part> parts = new ArrayList<>();
        Optional<Field> naming = Optional.empty();
        for (Field field : Inside.fields(type)) {
            Meaning meaning = Meaning.of(field);
            boolean names =
                    field.getType() == Incarnation.class || field.getName().equals("splitId");
            if (names && naming.isEmpty()) {
                naming = Optional.of(field);
            }
            if (meaning == Meaning.PART && counts(field.getType())) {
                throw new IllegalStateException("Say what " + field + " means.");
            }
            if (meaning != Meaning.GIVEN) {
                parts.add(new Part(field, meaning));
            }
        }
        return new Shape(type.getName().hashCode(), List.copyOf(parts), naming);
    }

    private static boolean counts(Class<?> type) {
        return type == long.class
                || type == Long.class
                || type == int.class
                || type == OptionalLong.class;
    }
}
