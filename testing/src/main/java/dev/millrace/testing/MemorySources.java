package dev.millrace.testing;

import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceBatch;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.connector.SourceKind;
import dev.millrace.core.pipeline.DeclaredKind;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Sources of kind {@code memory}, which outlive the engine: what is not acknowledged comes again.
 * Safe for use by many threads.
 */
public final class MemorySources implements SourceKind {
    private final Map<String, List<String>> waiting = new HashMap<>();

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind("memory", "{}", List.of());
    }

    /** Has a source bring a message. */
    public void bring(String source, String message) {
        synchronized (waiting) {
            waiting.computeIfAbsent(source, _ -> new ArrayList<>()).add(message);
            waiting.notifyAll();
        }
    }

    /** What is not acknowledged. */
    public List<String> waiting(String source) {
        synchronized (waiting) {
            return List.copyOf(waiting.getOrDefault(source, List.of()));
        }
    }

    @Override
    public Source open(SourceContext context) {
        return new Open(context);
    }

    private final class Open implements Source {
        private final SourceContext context;

        private Open(SourceContext context) {
            this.context = context;
        }

        @Override
        public SourceBatch read(Duration wait) {
            synchronized (waiting) {
                try {
                    if (waiting(context.source()).isEmpty()) {
                        TimeUnit.NANOSECONDS.timedWait(waiting, wait.toNanos());
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                return new Read(next());
            }
        }

        private List<String> next() {
            List<String> next = new ArrayList<>();
            long bytes = 0;
            for (String message : waiting(context.source())) {
                if (next.size() == context.messagesMax() || bytes >= context.bytesMax()) {
                    break;
                }
                next.add(message);
                bytes += message.length();
            }
            return next;
        }

        @Override
        public void close() {
            // What was not acknowledged stays.
        }

        private final class Read implements SourceBatch {
            private final List<String> messages;

            private Read(List<String> messages) {
                this.messages = messages;
            }

            @Override
            public List<byte[]> messages() {
                return messages.stream()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList();
            }

            @Override
            public void acknowledge() {
                synchronized (waiting) {
                    waiting.getOrDefault(context.source(), new ArrayList<>())
                            .subList(0, messages.size())
                            .clear();
                }
            }
        }
    }
}
