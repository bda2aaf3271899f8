package dev.millrace.core.expression;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.JsonKind;
import dev.millrace.core.event.Utf8View;

import java.util.List;

/**
 * A test of an event that needs neither CEL nor decoding. It answers only where that is sure to be
 * what CEL would say: a field that is missing, of another kind, escaped or changed by a stage
 * leaves it unsure, and CEL decides, or words the failure.
 */
sealed interface Shortcut {
    /** What is known without CEL. */
    enum Answer {
        YES,
        NO,
        UNSURE;

        static Answer of(boolean holds) {
            return holds ? YES : NO;
        }
    }

    Answer ask(Event event);

    /** {@code left && right}. */
    record Both(Shortcut left, Shortcut right) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            Answer first = left.ask(event);
            return first == Answer.YES ? right.ask(event) : first;
        }
    }

    /** {@code left || right}. */
    record Either(Shortcut left, Shortcut right) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            Answer first = left.ask(event);
            return first == Answer.NO ? right.ask(event) : first;
        }
    }

    /** {@code !operand}. */
    record Not(Shortcut operand) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            return switch (operand.ask(event)) {
                case YES -> Answer.NO;
                case NO -> Answer.YES;
                case UNSURE -> Answer.UNSURE;
            };
        }
    }

    /** {@code has(field)}. */
    record Presence(Field field) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            return Answer.of(event.kind(field) != JsonKind.MISSING);
        }
    }

    /** {@code field}, which is true or false. */
    record Truth(Field field) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            return event.kind(field) == JsonKind.BOOLEAN
                    ? Answer.of(Boolean.TRUE.equals(event.get(field)))
                    : Answer.UNSURE;
        }
    }

    /** {@code field == null}. */
    record IsNull(Field field) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            return switch (event.kind(field)) {
                case MISSING -> Answer.UNSURE;
                case NULL -> Answer.YES;
                default -> Answer.NO;
            };
        }
    }

    /** {@code field == 'text'}, or {@code field in ['text', 'another']}. */
    record OneOf(Field field, List<byte[]> texts) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            Utf8View value = event.verbatim(field);
            if (value == null) {
                return Answer.UNSURE;
            }
            for (byte[] text : texts) {
                if (value.isEqualTo(text)) {
                    return Answer.YES;
                }
            }
            return Answer.NO;
        }
    }

    /** {@code field.contains('text')} and its like. */
    record Search(Field field, Where where, byte[] text) implements Shortcut {
        /** Where the text must be found. */
        enum Where {
            START,
            ANYWHERE,
            END
        }

        @Override
        public Answer ask(Event event) {
            Utf8View value = event.verbatim(field);
            if (value == null) {
                return Answer.UNSURE;
            }
            return Answer.of(
                    switch (where) {
                        case START -> value.startsWith(text);
                        case ANYWHERE -> value.contains(text);
                        case END -> value.endsWith(text);
                    });
        }
    }

    /** {@code field < 5} and its like, by the operator that CEL would be given. */
    record Comparison(Operator operator, Field field, Number number) implements Shortcut {
        @Override
        public Answer ask(Event event) {
            return event.kind(field).isNumber() && event.get(field) instanceof Number value
                    ? Answer.of(Boolean.TRUE.equals(operator.apply(value, number)))
                    : Answer.UNSURE;
        }
    }
}
