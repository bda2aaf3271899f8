package dev.millrace.connect.table;

import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where tables lie.
 *
 * @param folders are searched in this order for a relative name
 */
public record TableFolders(List<Path> folders) {
    public TableFolders {
        folders = folders.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
    }

    /** The bounds of a table, for operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound("table.bytes", TableFile.BYTES_MAX, "bytes", "the file of a table"),
                new Bound("table.rows", Table.ROWS_MAX, "rows", "rows of a table"));
    }

    /**
     * The file of a table. An absolute name is taken as it is; a relative one cannot leave its
     * folder.
     *
     * @throws UnusableSourceException if there is no such file
     */
    Path find(String name) throws UnusableSourceException {
        Path path = parse(name);
        if (path.isAbsolute()) {
            if (!Files.isRegularFile(path)) {
                throw new UnusableSourceException("there is no file " + path);
            }
            return path;
        }
        for (Path folder : folders) {
            Path file = folder.resolve(path).normalize();
            if (!file.startsWith(folder)) {
                throw new UnusableSourceException(
                        "the table %s lies outside of the folders for tables; name it by its absolute path"
                                .formatted(name));
            }
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new UnusableSourceException(
                "there is no table %s; put the file into %s, or name it by its absolute path"
                        .formatted(
                                name,
                                folders.stream()
                                        .map(Path::toString)
                                        .collect(Collectors.joining(" or "))));
    }

    private static Path parse(String name) throws UnusableSourceException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UnusableSourceException(
                    "'%s' is no file name: %s".formatted(name, e.getReason()), e);
        }
    }
}
