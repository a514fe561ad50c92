package io.leasehold.sink.coordinator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Questions that have no answer yet. Each is looked at again whenever something has changed.
 *
 * <p>Not thread-safe; the futures are completed by the caller, without his lock.
 */
final class OpenQuestions {

    private record Question<T>(Supplier<Optional<T>> answer, CompletableFuture<T> future) {

        /** How to give the answer; empty if there is none yet. */
        Optional<Runnable> giving() {
            return answer.get().map(known -> () -> future.complete(known));
        }
    }

    private final List<Question<?>> questions = new ArrayList<>();

    /** The future completes when {@link #answered} is carried out, or is given up by its owner. */
    <T> CompletableFuture<T> add(Supplier<Optional<T>> answer) {
        CompletableFuture<T> future = new CompletableFuture<>();
        questions.add(new Question<>(answer, future));
        return future;
    }

    /** What gives the answers that are there by now. */
    List<Runnable> answered() {
        List<Runnable> answers = new ArrayList<>();
        for (Iterator<Question<?>> open = questions.iterator(); open.hasNext(); ) {
            Question<?> question = open.next();
            Optional<Runnable> giving =
                    question.future().isDone() ? Optional.of(() -> {}) : question.giving();
            if (giving.isPresent()) {
                answers.add(giving.get());
                open.remove();
            }
        }
        return answers;
    }
}
