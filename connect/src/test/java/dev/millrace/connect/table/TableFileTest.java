package dev.millrace.connect.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.lookup.Answer;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class TableFileTest {
    @TempDir Path folder;

    private Table read(String name, String content, String column) throws Exception {
        Path file = Files.writeString(folder.resolve(name), content);
        return TableFile.read(file, Optional.ofNullable(column));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> row(Table table, String key) {
        assertThat(table.find(key)).isInstanceOf(Answer.Found.class);
        return (Map<String, Object>) ((Answer.Found) table.find(key)).value();
    }

    private void refused(String name, String content, String column, String... parts) {
        assertThatThrownBy(() -> read(name, content, column))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining(name)
                .hasMessageContainingAll(parts);
    }

    @Nested
    class Csv {
        @Test
        void aRowIsFoundByItsKeyWithAllItsColumns() throws Exception {
            Table table = read("s.csv", "id,name,plan\nacme,Acme,pro\nbolt,Bolt,free\n", "id");

            assertThat(row(table, "bolt"))
                    .isEqualTo(Map.of("id", "bolt", "name", "Bolt", "plan", "free"));
            assertThat(row(table, "acme").keySet().toArray()).containsExactly("id", "name", "plan");
            assertThat(table.find("none")).isEqualTo(new Answer.Nothing());
        }

        @Test
        void withoutAColumnTheFirstIsCompared() throws Exception {
            assertThat(row(read("s.csv", "id,name\na,A\n", null), "a")).containsEntry("name", "A");
        }

        @Test
        void aColumnOfNumbersHoldsNumbers() throws Exception {
            Table table = read("s.csv", "id,n,x\n1,-7,0.5\n2,,3\n", "id");

            assertThat(row(table, "1").values().toArray()).containsExactly(1L, -7L, 0.5);
            assertThat(row(table, "2").values().toArray()).containsExactly(2L, null, 3L);
        }

        @Test
        void aColumnOfCodesStaysText() throws Exception {
            Table table =
                    read("s.csv", "id,zip,hash,card\n1,01234,1e5,1234567890123456789\n", "id");

            assertThat(row(table, "1").values().toArray())
                    .containsExactly(1L, "01234", "1e5", "1234567890123456789");
        }

        @Test
        void aColumnWithOneTextHoldsTexts() throws Exception {
            Table table = read("s.csv", "id,n\n1,5\n2,five\n", "id");

            assertThat(row(table, "1")).isEqualTo(Map.of("id", 1L, "n", "5"));
        }

        @Test
        void quotesLineBreaksBlankLinesAndAByteOrderMarkAreRead() throws Exception {
            Table table =
                    read(
                            "s.csv",
                            "\uFEFFid,name\r\n\r\n\"a,1\",\"two\nlines \"\"x\"\"\"\r\n",
                            "id");

            assertThat(row(table, "a,1")).containsEntry("name", "two\nlines \"x\"");
        }

        @Test
        void aDuplicateKeyIsNamedWithBothLines() {
            refused("s.csv", "id,n\na,1\n\nb,\"2\n2\"\na,3\n", "id", "'a'", "line 2 ", "line 6");
        }

        @Test
        void aColumnThatIsNotThereIsNamedWithThoseThatAre() {
            refused("s.csv", "id,name\na,A\n", "key", "'key'", "id, name");
        }

        @Test
        void aRaggedRowIsNamedByItsLine() {
            refused("s.csv", "id,name\na,A\nb\n", "id", "line 3 has 1 cells", "2 columns");
            refused("s.csv", "id,name\na,A,B\n", "id", "line 2 has 3 cells", "2 columns");
        }

        @Test
        void aRowWithoutAKeyIsNamedByItsLine() {
            refused("s.csv", "id,name\na,A\n,B\n", "id", "line 3 has no id");
        }

        @Test
        void aTableNeedsRowsAndNamesOfColumns() {
            refused("s.csv", "", "id", "empty");
            refused("s.csv", "id,name\n", "id", "no rows");
            refused("s.csv", "id,\na,b\n", "id", "no name");
            refused("s.csv", "id,id\na,b\n", "id", "two columns", "'id'");
        }

        @Test
        void aQuoteThatIsNotClosedIsNoCsv() {
            refused("s.csv", "id,name\na,\"A\n", "id", "no CSV");
        }
    }

    @Nested
    class Json {
        @Test
        void anArrayOfObjectsIsComparedByAMember() throws Exception {
            Table table =
                    read(
                            "s.json",
                            "[{\"id\": 5, \"tags\": [\"a\", null]}, {\"id\": \"x\", \"big\": 1e3}]",
                            "id");

            assertThat(row(table, "5"))
                    .isEqualTo(Map.of("id", 5L, "tags", Arrays.asList("a", null)));
            assertThat(row(table, "x")).isEqualTo(Map.of("id", "x", "big", 1000.0));
        }

        @Test
        void anObjectIsComparedByItsNames() throws Exception {
            Table table = read("s.json", "{\"de\": \"Germany\", \"fr\": {\"n\": 1}}", null);

            assertThat(table.find("de")).isEqualTo(new Answer.Found("Germany"));
            assertThat(row(table, "fr")).isEqualTo(Map.of("n", 1L));
        }

        @Test
        void aDuplicateKeyIsNamedWithBothLines() {
            refused(
                    "s.json",
                    "[{\"id\": 5},\n{\"id\": 6},\n{\"id\": \"5\"}]",
                    "id",
                    "'5'",
                    "line 1 ",
                    "line 3");
            refused("s.json", "{\"a\": 1,\n\"a\": 2}", null, "line 2", "'a'".replace('\'', '"'));
        }

        @Test
        void anEntryWithoutAKeyIsNamedByItsLine() {
            refused("s.json", "[{\"id\": 1},\n{\"no\": 2}]", "id", "line 2", "id");
            refused("s.json", "[\n[1]]", "id", "line 2", "no object");
            refused("s.json", "{\"a\": null}", null, "'a'", "null");
        }

        @Test
        void whetherAColumnIsNeededDependsOnTheForm() {
            refused("s.json", "[{\"id\": 1}]", null, "column");
            refused("s.json", "{\"a\": 1}", "id", "leave column out");
        }

        @Test
        void whatIsNoTableIsRefused() {
            refused("s.json", "", null, "neither");
            refused("s.json", "5", null, "neither");
            refused("s.json", "[]", "id", "no rows");
            refused("s.json", "{\"a\": 1} 2", null, "goes on");
            refused("s.json", "{\"a\": 1,\n oops}", null, "line 2 is no JSON");
        }

        @Test
        void valuesNestedTooDeepAreRefused() {
            refused("s.json", "{\"a\": " + "[".repeat(40) + "]".repeat(40) + "}", null, "no JSON");
        }
    }

    @Test
    void whatIsNotUtf8IsRefused() throws IOException {
        Path file = folder.resolve("s.csv");
        Files.write(file, "id,name\na,\u00fc\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> TableFile.read(file, Optional.empty()))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedWithTheBound() throws IOException {
        Path file = folder.resolve("s.csv");
        byte[] bytes = new byte[TableFile.BYTES_MAX + 1];
        Arrays.fill(bytes, (byte) 'a');
        Files.write(file, bytes);

        assertThatThrownBy(() -> TableFile.read(file, Optional.empty()))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("64 MiB");
    }

    @Test
    void tooManyRowsAreRefusedWithTheBound() {
        StringBuilder rows = new StringBuilder("id\n");
        for (int i = 0; i <= Table.ROWS_MAX; i++) {
            rows.append(i).append('\n');
        }

        refused("s.csv", rows.toString(), "id", "1,000,000 rows");
    }

    @Test
    void foldersAreSearchedInTheirOrder() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        TableFolders folders = new TableFolders(List.of(first, second));
        Path file = Files.writeString(second.resolve("s.csv"), "id\n1\n");

        assertThat(folders.find("s.csv")).isEqualTo(file);
        assertThat(folders.find(file.toString())).isEqualTo(file);

        Path before = Files.writeString(first.resolve("s.csv"), "id\n1\n");
        assertThat(folders.find("s.csv")).isEqualTo(before);
    }

    @Test
    void aRelativeNameDoesNotLeaveItsFolder() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.writeString(folder.resolve("s.csv"), "id\n1\n");

        assertThatThrownBy(() -> new TableFolders(List.of(inside)).find("../s.csv"))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("outside");
    }

    @Test
    void aMissingFileIsNamedWithTheFoldersThatWereSearched() {
        assertThatThrownBy(() -> new TableFolders(List.of(folder)).find("s.csv"))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContainingAll("s.csv", folder.toString());
    }
}
