package dev.millrace.core.event;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Compiled accessor for one path under one {@link Projection}: the trie node whose slot holds the
 * value, and the names that lead on inside a value that is read whole. Immutable.
 */
public final class Field {
    private final FieldPath path;
    final Projection.Node node;
    final List<String> rest;
    final byte[][] restUtf8;

    Field(FieldPath path, Projection.Node node, List<String> rest) {
        this.path = path;
        this.node = node;
        this.rest = List.copyOf(rest);
        this.restUtf8 =
                rest.stream().map(n -> n.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    }

    public FieldPath path() {
        return path;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
