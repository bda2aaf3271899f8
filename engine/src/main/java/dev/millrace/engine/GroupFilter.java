package dev.millrace.engine;

import dev.millrace.core.aggregate.FoundRow;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.port.GroupPrefixes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which groups are asked for: fields of {@code by} with their values written as text, {@code null}
 * for none. A text stands for whatever is written so, a string or a number. Immutable.
 */
final class GroupFilter {
    private final List<String> by;
    private final Map<String, String> wanted;

    /**
     * @throws IllegalArgumentException if a field is none of {@code by}
     */
    GroupFilter(String aggregate, List<String> by, Map<String, String> wanted) {
        for (String field : wanted.keySet()) {
            if (!by.contains(field)) {
                throw new IllegalArgumentException(
                        aggregate + " is not grouped by " + field + ", but by " + by);
            }
        }
        this.by = by;
        this.wanted = wanted;
    }

    boolean matches(FoundRow row) {
        if (wanted.isEmpty()) {
            return true;
        }
        Map<String, @Nullable Object> group = row.group();
        return wanted.entrySet().stream()
                .allMatch(entry ->
                        String.valueOf(group.get(entry.getKey())).equals(entry.getValue()));
    }

    /**
     * Where the groups are: by the first fields, as far as their values are given. There may be
     * others that do not match.
     */
    GroupPrefixes prefixes() {
        List<byte[]> prefixes = List.of(new byte[0]);
        for (String field : by) {
            String text = wanted.get(field);
            if (text == null) {
                break;
            }
            prefixes = longer(prefixes, meanings(text));
        }
        return GroupPrefixes.of(prefixes);
    }

    private static List<byte[]> longer(List<byte[]> prefixes, List<@Nullable Object> meanings) {
        List<byte[]> longer = new ArrayList<>();
        KeyBuffer key = new KeyBuffer();
        for (byte[] prefix : prefixes) {
            for (Object meaning : meanings) {
                key.set(prefix);
                boolean _ = key.append(meaning);
                longer.add(key.toByteArray());
            }
        }
        return longer;
    }

    private static List<@Nullable Object> meanings(String text) {
        List<@Nullable Object> meanings = new ArrayList<>();
        meanings.add(text);
        switch (text) {
            case "null" -> meanings.add(null);
            case "true", "false" -> meanings.add(Boolean.valueOf(text));
            default -> {
                Number number = number(text);
                if (number != null) {
                    meanings.add(number);
                }
            }
        }
        return meanings;
    }

    private static @Nullable Number number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException notIntegral) {
            try {
                double number = Double.parseDouble(text);
                return Double.isNaN(number) ? null : number;
            } catch (NumberFormatException none) {
                return null;
            }
        }
    }
}
