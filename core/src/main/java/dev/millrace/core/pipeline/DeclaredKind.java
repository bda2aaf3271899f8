package dev.millrace.core.pipeline;

import java.util.List;

/**
 * A kind of sink or source, as a reader of definitions sees it.
 *
 * @param name the key under which its settings stand: {@code postgres}
 * @param example of the settings, for messages: <code>{url: "${DATABASE_URL}", table: views}</code>
 * @param settings all that it has
 */
public record DeclaredKind(String name, String example, List<Setting> settings) {
    public DeclaredKind {
        settings = List.copyOf(settings);
    }
}
