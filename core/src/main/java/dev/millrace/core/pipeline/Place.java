package dev.millrace.core.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Where something stands in the file. The pointer is put together only when a problem needs it: one
 * string a node would let a small file of long keys take a lot of memory.
 *
 * @param parent the place that this one lies in; null for the document itself
 * @param token its key or index there
 * @param line from 1
 * @param index how many characters of the file come before it
 */
record Place(@Nullable Place parent, String token, int line, int index) {
    Place child(String childToken, int childLine, int childIndex) {
        return new Place(this, childToken, childLine, childIndex);
    }

    /** The RFC 6901 pointer. */
    String pointer() {
        StringBuilder pointer = new StringBuilder();
        append(pointer);
        return pointer.toString();
    }

    private void append(StringBuilder pointer) {
        if (parent != null) {
            parent.append(pointer);
            pointer.append('/').append(token.replace("~", "~0").replace("/", "~1"));
        }
    }
}
