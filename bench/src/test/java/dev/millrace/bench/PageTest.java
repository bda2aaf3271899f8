package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class PageTest {
    @TempDir private Path folder;

    @Test
    void onlyThePartIsReplaced() throws IOException {
        Path path = folder.resolve("page.md");
        Files.writeString(
                path, "before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nbehind\n");

        new Page(path).replace("bench", "new\n");

        assertThat(path)
                .hasContent("before\n<!-- bench: begin -->\nnew\n<!-- bench: end -->\nbehind\n");
    }

    @Test
    void pageWithoutThePartIsLeftAlone() throws IOException {
        Path path = folder.resolve("page.md");
        Files.writeString(path, "before\n");

        assertThatThrownBy(() -> new Page(path).replace("bench", "new\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bench");
        assertThat(path).hasContent("before\n");
    }
}
