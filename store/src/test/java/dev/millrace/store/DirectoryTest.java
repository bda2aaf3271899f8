package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DirectoryTest {
    @TempDir private Path temp;

    @Test
    void isMadeWithItsParents() {
        Path directory = temp.resolve("a/b");
        open(directory).close();
        assertThat(directory.resolve("FORMAT")).hasContent("2");
    }

    @Test
    void ofAnOlderFormatIsLeftAlone() throws IOException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "1\n");
        assertRefused(temp, "has format 1, and this version reads format 2 alone");
    }

    @Test
    void ofANewerFormatIsLeftAlone() throws IOException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "3\n");
        assertRefused(temp, "has format 3, and this version reads format 2 alone");
    }

    @Test
    void withADamagedFormatIsRefused() throws IOException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "?");
        assertRefused(temp, "FORMAT is damaged");
    }

    @Test
    void withoutAFormatIsRefused() throws IOException {
        open(temp).close();
        Files.delete(temp.resolve("FORMAT"));
        assertRefused(temp, "FORMAT is missing");
    }

    @Test
    void thatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        assertRefused(file, "it must be a directory that this user can read and write");
    }

    @Test
    void openedTwiceIsInUse() {
        try (RocksStorage _ = open(temp)) {
            assertRefused(temp, "is in use by another process");
        }
        open(temp).close();
    }

    @Test
    void interruptedAtItsVeryFirstStartIsMadeAnew() throws IOException {
        Files.writeString(temp.resolve("FORMAT"), "2\n");
        Files.write(temp.resolve("MANIFEST-000001"), new byte[10]);
        try (RocksStorage storage = open(temp)) {
            assertThat(storage.pipelines()).isEmpty();
        }
    }

    private static void assertRefused(Path directory, String because) {
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(because);
    }

    private static RocksStorage open(Path directory) {
        return RocksStorage.open(directory, StoreOptions.defaults());
    }
}
