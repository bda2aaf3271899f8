package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The fields that a pipeline names, as a trie with prefix-free leaves: naming {@code data.a} and
 * {@code data.a.b} reads {@code data.a} whole. The reader notes the place of every node's value in
 * its one pass, so inner nodes can be asked for too. {@code id}, {@code type}, {@code source},
 * {@code timestamp} and {@code data} are in every projection.
 *
 * <p>Immutable but for what helps to read the next event faster, and thread-safe. Projections of
 * the same paths are equal and number their slots alike.
 */
public final class Projection {
    static final int ID = 0;
    static final int TYPE = 1;
    static final int SOURCE = 2;
    static final int TIMESTAMP = 3;
    static final int DATA = 4;

    private final SortedSet<FieldPath> leaves;
    private final Node event;

    private Projection(SortedSet<FieldPath> leaves) {
        this.leaves = leaves;
        this.event = new Node(leaves);
    }

    public static Projection of(Collection<FieldPath> paths) {
        SortedSet<FieldPath> leaves = new TreeSet<>();
        for (FieldPath path : new TreeSet<>(paths)) {
            boolean covered = !leaves.isEmpty() && path.startsWith(leaves.last());
            if (path.startsWith(FieldPath.DATA) && !covered) {
                leaves.add(path);
            }
        }
        return new Projection(leaves);
    }

    /**
     * The accessor for a path that this projection names, leads through or reads as part of a
     * whole.
     *
     * @throws IllegalArgumentException if the path is not covered
     */
    public Field field(FieldPath path) {
        Node node = event;
        List<String> names = path.names();
        for (int i = 0; i < names.size(); i++) {
            Node child = node.child(names.get(i));
            if (child == null) {
                if (node.whole()) {
                    return new Field(path, node, names.subList(i, names.size()));
                }
                throw new IllegalArgumentException(
                        "'%s' is not covered by the projection %s".formatted(path, leaves));
            }
            node = child;
        }
        return node.field();
    }

    /** The root of the trie: the member {@code data}. */
    public Node data() {
        return event.children().get(DATA);
    }

    /** The event itself, with the envelope fields as children. It has no slot. */
    Node event() {
        return event;
    }

    int slots() {
        return event.slotEnd;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Projection that && leaves.equals(that.leaves);
    }

    @Override
    public int hashCode() {
        return leaves.hashCode();
    }

    @Override
    public String toString() {
        return leaves.toString();
    }

    /** A member of an event that the reader looks for. */
    public static final class Node {
        /** The place in a row of a batch; slots of a subtree are contiguous, parents first. */
        final int slot;

        /** Behind the last slot of the subtree. */
        final int slotEnd;

        final @Nullable Node parent;
        final byte[] utf8;
        private final String name;
        private final boolean whole;
        private final List<Node> children;
        private final NameTable names;
        private final MemberOrder order = new MemberOrder();
        private final Field field;

        private Node(SortedSet<FieldPath> leaves) {
            this.name = "";
            this.utf8 = new byte[0];
            this.slot = -1;
            this.parent = null;
            this.whole = false;
            List<Node> envelope = new ArrayList<>();
            for (FieldPath path :
                    List.of(FieldPath.ID, FieldPath.TYPE, FieldPath.SOURCE, FieldPath.TIMESTAMP)) {
                envelope.add(new Node(path, this, envelope.size(), new TreeSet<>()));
            }
            Node data = new Node(FieldPath.DATA, this, DATA, leaves);
            envelope.add(data);
            this.children = List.copyOf(envelope);
            this.names = new NameTable(children);
            this.slotEnd = data.slotEnd;
            this.field = new Field(FieldPath.DATA, this, List.of());
        }

        private Node(FieldPath path, Node parent, int slot, SortedSet<FieldPath> leaves) {
            int depth = path.names().size();
            this.name = path.names().getLast();
            this.utf8 = name.getBytes(StandardCharsets.UTF_8);
            this.slot = slot;
            this.parent = parent;
            this.whole = leaves.contains(path);
            List<Node> found = new ArrayList<>();
            int next = slot + 1;
            if (!whole) {
                for (FieldPath child : prefixes(leaves, path, depth + 1)) {
                    Node node = new Node(child, this, next, leaves);
                    found.add(node);
                    next = node.slotEnd;
                }
            }
            this.children = List.copyOf(found);
            this.names = new NameTable(children);
            this.slotEnd = next;
            this.field = new Field(path, this, List.of());
        }

        private static SortedSet<FieldPath> prefixes(
                SortedSet<FieldPath> leaves, FieldPath under, int depth) {
            SortedSet<FieldPath> prefixes = new TreeSet<>();
            for (FieldPath leaf : leaves) {
                if (leaf.startsWith(under)) {
                    prefixes.add(new FieldPath(leaf.names().subList(0, depth)));
                }
            }
            return prefixes;
        }

        public String name() {
            return name;
        }

        /** Whether a path ends here, so that the value is read with all that is in it. */
        public boolean whole() {
            return whole;
        }

        public Field field() {
            return field;
        }

        public @Nullable Node child(String name) {
            for (Node child : children) {
                if (child.name.equals(name)) {
                    return child;
                }
            }
            return null;
        }

        public List<Node> children() {
            return children;
        }

        NameTable names() {
            return names;
        }

        /** What members the objects here had lately. */
        MemberOrder order() {
            return order;
        }
    }
}
