package io.leasehold.testkit;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An object of one of Flink's interfaces that notes what is called of it, and gives answers that
 * only it can have given. What is put around it is held against it, method by method, and so are
 * methods that only a later Flink has.
 *
 * <p>On one thread.
 *
 * @param <T> the interface
 */
public final class NotedCalls<T> {

    private record Call(String method, List<Object> arguments) {}

    private final Class<T> type;
    private final List<Object> samples;
    private final List<Call> calls = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger(100);
    private final T object;
    private Object answer = "none was given";

    /**
     * @param samples arguments and answers of those types that cannot be made up here
     */
    public NotedCalls(Class<T> type, Object... samples) {
        this.type = type;
        this.samples = List.of(samples);
        this.object = type.cast(proxy(type, this::note));
    }

    public T object() {
        return object;
    }

    private Object note(Method method, Object[] arguments) {
        calls.add(new Call(method.toGenericString(), arguments(arguments)));
        answer = method.getReturnType() == void.class ? null : madeUp(method.getReturnType());
        return answer;
    }

    /** Those of an interface but these, by their names. */
    public static List<Method> methodsBut(Class<?> type, String... names) {
        Set<String> others = Set.of(names);
        List<Method> methods =
                Stream.of(type.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .filter(method -> !others.contains(method.getName()))
                        .toList();
        assertThat(methods).isNotEmpty();
        return methods;
    }

    /**
     * Calls one of the interface's methods of what is around the object, with arguments that are
     * made up, and asserts that the object got that call and no other, and that its answer is what
     * came back.
     */
    public void assertPassedOn(T outer, Method method) throws ReflectiveOperationException {
        assertThat(method.getDeclaringClass()).isAssignableFrom(type);
        Object[] arguments = Stream.of(method.getParameterTypes()).map(this::madeUp).toArray();
        calls.clear();

        Object answered = method.invoke(outer, arguments);

        assertThat(calls).containsExactly(new Call(method.toGenericString(), arguments(arguments)));
        assertThat(answered).isEqualTo(answer);
    }

    private static List<Object> arguments(Object[] arguments) {
        return arguments == null ? List.of() : Arrays.asList(arguments);
    }

    private Object madeUp(Class<?> wanted) {
        if (wanted == int.class) {
            return numbers.incrementAndGet();
        } else if (wanted == long.class) {
            return (long) numbers.incrementAndGet();
        } else if (wanted == boolean.class) {
            return true;
        } else if (wanted == String.class || wanted == Object.class) {
            return "made up " + numbers.incrementAndGet();
        }
        return samples.stream()
                .filter(wanted::isInstance)
                .findFirst()
                .orElseGet(() -> proxy(wanted, (method, arguments) -> "none"));
    }

    private interface Answers {
        Object of(Method method, Object[] arguments);
    }

    private static Object proxy(Class<?> type, Answers answers) {
        return Proxy.newProxyInstance(
                NotedCalls.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) ->
                        method.getDeclaringClass() != Object.class
                                ? answers.of(method, arguments)
                                : switch (method.getName()) {
                                    case "equals" -> self == arguments[0];
                                    case "hashCode" -> System.identityHashCode(self);
                                    default -> "some " + type.getSimpleName();
                                });
    }
}
