package dev.millrace.core.event;

/** JSON pointers (RFC 6901) of places in validated JSON. */
final class JsonPointers {
    private JsonPointers() {}

    /** The pointer of the innermost value, of those from {@code start}, that holds the offset. */
    static String at(byte[] bytes, int start, int end, int offset) {
        JsonScanner scanner = JsonScanner.trusting(bytes, end);
        StringBuilder pointer = new StringBuilder();
        int container = start;
        while (bytes[container] == '{' || bytes[container] == '[') {
            Members members = new Members(scanner, bytes, container);
            boolean named = bytes[container] == '{';
            boolean inside = false;
            for (int index = 0; !inside && members.next(); index++) {
                int from = members.valueStart();
                int to = members.skip();
                inside = from <= offset && offset < to;
                if (inside) {
                    pointer.append('/').append(named ? escape(members.name()) : index);
                    container = from;
                }
            }
            if (!inside) {
                break;
            }
        }
        return pointer.toString();
    }

    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
