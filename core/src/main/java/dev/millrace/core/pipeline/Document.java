package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;
import dev.millrace.core.pipeline.Node.Refused;
import dev.millrace.core.pipeline.Node.Scalar;
import dev.millrace.core.pipeline.Node.Sequence;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Turns the text of one file into a tree with places. JSON is read as the YAML that it is.
 *
 * <p>The tree is built from the parser's events and not by its composer, because a composer shares
 * aliased nodes: a few lines of aliases to aliases then unfold into billions of nodes. Here an
 * alias is a problem. So are tags, double keys, keys that are no text, and a second document.
 */
final class Document {
    private static final Pattern INDENTATION = Pattern.compile("^[ \t]+", Pattern.MULTILINE);
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();
    private static final CoreScalarResolver RESOLVER = new CoreScalarResolver(false);

    private final Problems problems;
    private final Iterator<Event> events;

    private Document(String text, Problems problems) {
        this.problems = problems;
        this.events = new Parse(SETTINGS).parseString(withoutTabs(text)).iterator();
    }

    /** Reads the one document of the text; empty, with a problem, where there is none. */
    static Optional<Node> read(String text, Problems problems) {
        Place start = new Place(null, "", 1, 0);
        if (text.length() > Limits.FILE_BYTES_MAX
                || text.getBytes(StandardCharsets.UTF_8).length > Limits.FILE_BYTES_MAX) {
            problems.add(start, "the file is larger than " + Sizes.format(Limits.FILE_BYTES_MAX));
            return Optional.empty();
        }
        try {
            return new Document(text, problems).document(start);
        } catch (YamlEngineException e) {
            SyntaxError error = SyntaxError.of(e, text);
            problems.add(new Place(null, "", error.line(), error.index()), error.detail());
            return Optional.empty();
        } catch (TooDeepException e) {
            problems.add(e.place, "is nested more than " + Limits.FILE_DEPTH_MAX + " levels deep");
            return Optional.empty();
        }
    }

    /**
     * Indents JSON with spaces, which moves no character: JSON may be indented with tabs, and the
     * parser does not bear more than one. Between brackets indentation means nothing, not even
     * within quotes.
     */
    private static String withoutTabs(String text) {
        return text.stripLeading().startsWith("{")
                ? INDENTATION
                        .matcher(text)
                        .replaceAll(indentation -> " ".repeat(indentation.group().length()))
                : text;
    }

    private Optional<Node> document(Place start) throws TooDeepException {
        Optional<Node> root = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent && root.isEmpty()) {
                Event first = events.next();
                root = Optional.of(node(first, placeOf(start, first), 1));
            } else if (event instanceof DocumentStartEvent) {
                problems.add(
                        placeOf(start, event),
                        "a second document begins here; a file holds one pipeline");
                return Optional.empty();
            } else if (event instanceof StreamEndEvent && root.isEmpty()) {
                problems.add(start, "the file is empty");
            }
        }
        return root;
    }

    private Node node(Event event, Place place, int depth) throws TooDeepException {
        return switch (event) {
            case ScalarEvent scalar -> scalar(scalar, place);
            case SequenceStartEvent sequence -> {
                checkDepth(place, depth);
                Node node = sequence(place, depth);
                yield sequence.getTag().isPresent() ? refuseTag(place) : node;
            }
            case MappingStartEvent mapping -> {
                checkDepth(place, depth);
                Node node = mapping(place, depth);
                yield mapping.getTag().isPresent() ? refuseTag(place) : node;
            }
            case AliasEvent alias -> {
                problems.add(
                        place,
                        "aliases (*%s) are not supported; write the value out"
                                .formatted(Texts.shorten(alias.getAlias().getValue())));
                yield new Refused(place);
            }
            default -> throw new IllegalStateException("unexpected " + event);
        };
    }

    private Node sequence(Place place, int depth) throws TooDeepException {
        List<Node> items = new ArrayList<>();
        for (Event event = events.next();
                !(event instanceof CollectionEndEvent);
                event = events.next()) {
            Mark mark = mark(event);
            String token = Integer.toString(items.size());
            items.add(
                    node(
                            event,
                            place.child(token, mark.getLine() + 1, mark.getIndex()),
                            depth + 1));
        }
        return new Sequence(place, items);
    }

    private Node mapping(Place place, int depth) throws TooDeepException {
        Map<String, Member> members = new LinkedHashMap<>();
        for (Event event = events.next();
                !(event instanceof CollectionEndEvent);
                event = events.next()) {
            Optional<Place> key = key(event, place, depth);
            Event valueEvent = events.next();
            Place keyPlace = key.orElse(place);
            Mark mark = mark(valueEvent);
            Place valuePlace =
                    key.isEmpty()
                            ? place
                            : place.child(keyPlace.token(), mark.getLine() + 1, mark.getIndex());
            Node value = node(valueEvent, valuePlace, depth + 1);
            if (key.isEmpty()) {
                continue;
            }
            Member first = members.putIfAbsent(keyPlace.token(), new Member(keyPlace, value));
            if (first != null) {
                problems.add(
                        keyPlace,
                        "the key '%s' is already given on line %d"
                                .formatted(Texts.shorten(keyPlace.token()), first.place().line()));
            }
        }
        return new Mapping(place, members);
    }

    private Optional<Place> key(Event event, Place parent, int depth) throws TooDeepException {
        if (!(event instanceof ScalarEvent scalar)) {
            Place place = placeOf(parent, event);
            problems.add(place, "a key must be a text");
            node(event, place, depth + 1);
            return Optional.empty();
        }
        if (scalar.getValue().length() > Limits.KEY_CHARS_MAX) {
            problems.add(
                    placeOf(parent, event),
                    "a key is longer than " + Limits.KEY_CHARS_MAX + " characters");
            return Optional.empty();
        }
        Mark mark = mark(event);
        return Optional.of(parent.child(scalar.getValue(), mark.getLine() + 1, mark.getIndex()));
    }

    private Node scalar(ScalarEvent event, Place place) {
        if (event.getTag().isPresent()) {
            return refuseTag(place);
        }
        Tag tag = RESOLVER.resolve(event.getValue(), event.getImplicit().canOmitTagInPlainScalar());
        Scalar.Kind kind;
        if (tag.equals(Tag.INT)) {
            kind = Scalar.Kind.INTEGER;
        } else if (tag.equals(Tag.FLOAT)) {
            kind = Scalar.Kind.DECIMAL;
        } else if (tag.equals(Tag.BOOL)) {
            kind = Scalar.Kind.BOOLEAN;
        } else if (tag.equals(Tag.NULL)) {
            kind = Scalar.Kind.NULL;
        } else {
            kind = Scalar.Kind.TEXT;
        }
        int textLine = event.isLiteral() ? place.line() + 1 : 0;
        return new Scalar(place, kind, event.getValue(), textLine);
    }

    private Node refuseTag(Place place) {
        problems.add(place, "tags (!…) are not supported; a text can be put in quotes instead");
        return new Refused(place);
    }

    private static void checkDepth(Place place, int depth) throws TooDeepException {
        if (depth > Limits.FILE_DEPTH_MAX) {
            throw new TooDeepException(place);
        }
    }

    /** The place of an event that has no token of its own. */
    private static Place placeOf(Place owner, Event event) {
        Mark mark = mark(event);
        return new Place(owner.parent(), owner.token(), mark.getLine() + 1, mark.getIndex());
    }

    private static Mark mark(Event event) {
        return event.getStartMark().orElseThrow();
    }

    /** Ends the reading: what is nested without end is read in quadratic time. */
    private static final class TooDeepException extends Exception {
        private final transient Place place;

        private TooDeepException(Place place) {
            this.place = place;
        }
    }
}
