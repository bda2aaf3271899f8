package dev.millrace.core.pipeline;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonPointer;

import java.util.List;
import java.util.Map;

/** A value of the file as it was written, with its place. */
sealed interface Node {
    Place place();

    /** The value that an RFC 6901 pointer leads to; where it leads nowhere, the last on the way. */
    default Node find(String pointer) {
        Node node = this;
        for (JsonPointer at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
            Node child =
                    switch (node) {
                        case Mapping mapping -> mapping.value(at.getMatchingProperty());
                        case Sequence sequence -> sequence.item(at.getMatchingIndex());
                        case Scalar _, Refused _ -> null;
                    };
            if (child == null) {
                break;
            }
            node = child;
        }
        return node;
    }

    /** How the value is named in messages: {@code the number 5}, {@code a list}. */
    String description();

    /**
     * A text, number, boolean or null, by the core schema of YAML 1.2: {@code yes} is a text, and
     * what is quoted is always one.
     *
     * @param textLine the line on which a text that keeps its line breaks begins, or 0
     */
    record Scalar(Place place, Kind kind, String text, int textLine) implements Node {
        enum Kind {
            TEXT,
            INTEGER,
            DECIMAL,
            BOOLEAN,
            NULL
        }

        @Override
        public String description() {
            return switch (kind) {
                case TEXT -> "'" + Texts.shorten(text) + "'";
                case INTEGER, DECIMAL -> "the number " + Texts.shorten(text);
                case BOOLEAN -> text;
                case NULL -> "empty";
            };
        }
    }

    record Sequence(Place place, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }

        @Nullable Node item(int index) {
            return index >= 0 && index < items.size() ? items.get(index) : null;
        }

        @Override
        public String description() {
            return "a list";
        }
    }

    /**
     * @param members by key, in the order of the file
     */
    record Mapping(Place place, Map<String, Member> members) implements Node {
        @Nullable Node value(String key) {
            Member member = members.get(key);
            return member == null ? null : member.value();
        }

        @Override
        public String description() {
            return "a mapping";
        }
    }

    /** Something that was refused already, so that nothing more is said about it. */
    record Refused(Place place) implements Node {
        @Override
        public String description() {
            return "refused";
        }
    }

    /**
     * @param place of the key
     */
    record Member(Place place, Node value) {}
}
