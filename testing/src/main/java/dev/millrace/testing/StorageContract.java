package dev.millrace.testing;

import static dev.millrace.testing.CommitBuilder.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterCause;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.letter.RecentFailures;
import dev.millrace.core.letter.SourceLetters;
import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.WindowRows.Place;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What every storage does, sentence by sentence of the ports. A storage's tests extend it. One
 * file, though it is long, so that the ports and it can be read side by side.
 */
public abstract class StorageContract {
    private static final PipelineVersion FIRST =
            new PipelineVersion(
                    1, 1_700_000_000_000L, "pipeline: web", Map.of(), Map.of("views", 1));

    private Storage storage;
    private PipelineStore web;

    /** A new and empty storage. */
    protected abstract Storage create();

    /** The same storage after the process has ended and started again. */
    protected abstract Storage reopen(Storage storage);

    @BeforeEach
    final void createStorage() {
        storage = create();
        web = storage.create("web", FIRST);
    }

    @AfterEach
    final void closeStorage() {
        storage.close();
    }

    private void reopen() {
        storage = reopen(storage);
        web = storage.pipelines().getFirst();
    }

    @Nested
    class Pipelines {
        @Test
        void aNewOneHasItsFirstVersionAndNothingElse() {
            assertThat(web.pipeline()).isEqualTo("web");
            assertThat(web.versions()).containsExactly(FIRST);
            assertThat(web.checkpoint()).isEmpty();
            assertThat(web.journalStart()).isEmpty();
            assertThat(journal(web, 0)).isEmpty();
            assertThat(web.letterCount()).isZero();
            assertThat(rows(1)).isEmpty();
        }

        @Test
        void areListedByName() {
            storage.create("zebra", FIRST);
            storage.create("access", FIRST);
            assertThat(names()).containsExactly("access", "web", "zebra");
            reopen();
            assertThat(names()).containsExactly("access", "web", "zebra");
        }

        @Test
        void twoOfOneNameAreRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storage.create("web", FIRST))
                    .withMessageContaining("web");
        }

        @Test
        void keepApart() {
            PipelineStore other = storage.create("other", FIRST);
            append(web, 0, 1, "a");
            web.commit(commit().checkpoint("w").row(1, 0, "g", "w").put(letter(1, "x")).build());
            other.commit(
                    commit().checkpoint("o").row(1, 0, "g", "o").dedupe(0, 1, 1, 7, 7).build());

            assertThat(text(other.row(1, 0, bytes("g")))).isEqualTo("o");
            assertThat(text(web.row(1, 0, bytes("g")))).isEqualTo("w");
            assertThat(other.letterCount()).isZero();
            assertThat(journal(other, 0)).isEmpty();
            assertThat(dedupe(web, 0, 0)).isEmpty();
        }

        @Test
        void aDroppedOneIsGoneWithAllItHeld() {
            PipelineStore other = storage.create("other", FIRST);
            other.commit(commit().checkpoint("o").row(1, 0, "g", "o").build());
            append(web, 0, 1, "a");
            web.commit(
                    commit().checkpoint("c")
                            .row(1, 0, "g", "v")
                            .put(letter(1, "x"))
                            .dedupe(0, 1, 1, 7, 7)
                            .putOut("s", 0, "x")
                            .build());
            String identity = web.identity();
            storage.drop(web);
            assertThat(names()).containsExactly("other");

            storage = reopen(storage);
            assertThat(names()).containsExactly("other");
            PipelineStore again = storage.create("web", FIRST);
            assertThat(again.checkpoint()).isEmpty();
            assertThat(again.letterCount()).isZero();
            assertThat(again.row(1, 0, bytes("g"))).isNull();
            assertThat(journal(again, 0)).isEmpty();
            assertThat(dedupe(again, 0, 0)).isEmpty();
            assertThat(outbox(again, "s", 0)).isEmpty();
            assertThat(again.identity()).isNotEqualTo(identity);
            append(again, 0, 1, "b");
            assertThat(journal(again, 0)).containsExactly("0 b");
            assertThat(text(storage.pipelines().getFirst().row(1, 0, bytes("g")))).isEqualTo("o");
        }

        @Test
        void aDroppedOneAnswersNoCalls() {
            storage.drop(web);
            storage.create("web", FIRST);
            assertThatThrownBy(() -> web.row(1, 0, bytes("g")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("web was dropped");
            assertThatThrownBy(() -> web.commit(commit().build()))
                    .isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> append(web, 0, 1, "a")).isInstanceOf(StorageException.class);
        }

        @Test
        void aClosedStorageAnswersNoCalls() {
            storage.close();
            assertThatThrownBy(() -> web.letterCount())
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> storage.create("other", FIRST))
                    .isInstanceOf(StorageException.class);
        }

        @Test
        void ofAnotherStorageAreRefused() {
            try (MemoryStorage other = new MemoryStorage()) {
                PipelineStore foreign = other.create("web", FIRST);
                assertThatIllegalArgumentException().isThrownBy(() -> append(foreign, 0, 1, "a"));
                assertThatIllegalArgumentException().isThrownBy(() -> storage.drop(foreign));
            }
        }
    }

    @Nested
    class Appends {
        @Test
        void surviveAReopening() {
            append(web, 0, 1, "a");
            append(web, 1, 2, "b");
            reopen();
            assertThat(journal(web, 0)).containsExactly("0 a", "1 b");
            assertThat(web.journalStart()).hasValue(0);
        }

        @Test
        void ofSeveralPipelinesGoTogether() {
            PipelineStore other = storage.create("other", FIRST);
            storage.append(
                    List.of(plain(web, 0, 1, "a"), plain(other, 0, 1, "b"), plain(web, 1, 1, "c")));
            assertThat(journal(web, 0)).containsExactly("0 a", "1 c");
            assertThat(journal(other, 0)).containsExactly("0 b");
        }

        @Test
        void ofNothingDoNothing() {
            storage.append(List.of());
            assertThat(storage.healthy()).isTrue();
        }

        @Test
        void bringTheirLetters() {
            storage.append(
                    List.of(
                            appendOf(web, 0, List.of(letter(5, "x"), letter(6, "y"))),
                            appendOf(web, 2, List.of(letter(7, "z")))));
            assertThat(letters(null)).containsExactly("x", "y", "z");
            assertThat(web.letterCount()).isEqualTo(3);
            reopen();
            assertThat(web.letterCount()).isEqualTo(3);
        }

        @Test
        void bringAVersion() {
            PipelineVersion second =
                    new PipelineVersion(
                            2, 7, "näx\nt", Map.of("s.json", "{}"), Map.of("views", 2, "x", 3));
            JournalRecord change = new JournalRecord.Change(1, 2);
            storage.append(
                    List.of(
                            new JournalAppend(
                                    web,
                                    0,
                                    JournalCodec.encode(change),
                                    List.of(),
                                    Optional.of(second),
                                    List.of())));
            assertThat(web.versions()).containsExactly(FIRST, second);
            reopen();
            assertThat(web.versions()).containsExactly(FIRST, second);
        }

        @Test
        void moreThanNineVersionsStayInOrder() {
            for (int version = 2; version <= 300; version++) {
                PipelineVersion next =
                        new PipelineVersion(version, version, "", Map.of(), Map.of());
                storage.append(
                        List.of(
                                new JournalAppend(
                                        web,
                                        version,
                                        JournalCodec.encode(
                                                new JournalRecord.Change(version, version)),
                                        List.of(),
                                        Optional.of(next),
                                        List.of())));
            }
            assertThat(web.versions()).extracting(PipelineVersion::version).isSorted().hasSize(300);
        }

        @Test
        void mustGrowAndElseWriteNothing() {
            append(web, 5, 1, "a");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            storage.append(List.of(plain(web, 6, 1, "b"), plain(web, 6, 1, "c"))))
                    .withMessageContaining("6");
            assertThatIllegalArgumentException().isThrownBy(() -> append(web, 5, 1, "d"));
            reopen();
            assertThatIllegalArgumentException().isThrownBy(() -> append(web, 5, 1, "d"));
            assertThat(journal(web, 0)).containsExactly("5 a");
            append(web, 6, 1, "b");
            assertThat(journal(web, 0)).containsExactly("5 a", "6 b");
        }

        @Test
        void mayBeBig() {
            byte[] payload = new byte[11 << 20];
            new Random(1).nextBytes(payload);
            byte[] record =
                    JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, payload));
            storage.append(List.of(JournalAppend.of(web, 0, record)));
            reopen();
            web.readJournal(
                    0,
                    (offset, found) -> {
                        assertThat(offset).isZero();
                        assertThat(found).isEqualTo(record);
                        return true;
                    });
        }
    }

    @Nested
    class Journal {
        @BeforeEach
        void appendThreeOfTen() {
            append(web, 0, 10, "a");
            append(web, 10, 10, "b");
            append(web, 20, 10, "c");
        }

        @Test
        void isReadFromTheRecordThatHoldsAnOffset() {
            assertThat(journal(web, 10)).containsExactly("10 b", "20 c");
            assertThat(journal(web, 19)).containsExactly("10 b", "20 c");
            assertThat(journal(web, 20)).containsExactly("20 c");
            assertThat(journal(web, 29)).containsExactly("20 c");
        }

        @Test
        void isReadFromTheNextRecordWhereNoneHoldsTheOffset() {
            assertThat(journal(web, 30)).isEmpty();
            append(web, 100, 1, "d");
            assertThat(journal(web, 30)).containsExactly("100 d");
        }

        @Test
        void isReadUntilTheVisitorStops() {
            List<Long> seen = new ArrayList<>();
            web.readJournal(
                    0,
                    (offset, _) -> {
                        seen.add(offset);
                        return seen.size() < 2;
                    });
            assertThat(seen).containsExactly(0L, 10L);
        }

        @Test
        void isReadAsItWasWhenReadingBegan() {
            List<Long> seen = new ArrayList<>();
            web.readJournal(
                    0,
                    (offset, _) -> {
                        seen.add(offset);
                        append(web, 100 + offset, 1, "later");
                        return true;
                    });
            assertThat(seen).containsExactly(0L, 10L, 20L);
        }

        @Test
        void isNeverTrimmedAtOrAboveTheBound() {
            for (long below : new long[] {0, 1, 10, 11, 20, 25}) {
                web.trimJournal(below, Long.MAX_VALUE, 0);
                assertThat(journal(web, below)).endsWith("20 c");
                assertThat(web.journalStart().getAsLong())
                        .isLessThanOrEqualTo(Math.min(below, 20) / 10 * 10);
            }
        }

        @Test
        void isNotTrimmedWithoutNeed() {
            web.trimJournal(Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);
            assertThat(journal(web, 0)).hasSize(3);
        }

        @Test
        void growsOnAfterATrim() {
            web.trimJournal(Long.MAX_VALUE, Long.MAX_VALUE, 0);
            append(web, 30, 1, "d");
            assertThat(journal(web, 30)).containsExactly("30 d");
        }
    }

    @Nested
    class Commits {
        @Test
        void replaceTheCheckpoint() {
            web.commit(commit().checkpoint("one").build());
            web.commit(commit().checkpoint("two").build());
            assertThat(web.checkpoint()).map(StorageContract::text).hasValue("two");
            reopen();
            assertThat(web.checkpoint()).map(StorageContract::text).hasValue("two");
        }

        @Test
        void ofAllKindsSurviveAReopening() {
            web.commit(
                    commit().checkpoint("c")
                            .row(1, 0, "g", "v")
                            .put(letter(1, "x"))
                            .dedupe(2, 1, 9, 1, 2)
                            .build());
            reopen();
            assertThat(rows(1)).containsExactly("0 g v");
            assertThat(letters(null)).containsExactly("x");
            assertThat(dedupe(web, 2, 0)).containsExactly("1 9 [1, 2]");
        }

        @Test
        void areSeenWhole() throws InterruptedException {
            web.commit(commit().row(1, 0, "a", "0").row(1, 9, "b", "0").build());
            AtomicBoolean done = new AtomicBoolean();
            Thread writer =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 1; i <= 500; i++) {
                                    String value = String.valueOf(i);
                                    web.commit(
                                            commit().row(1, 0, "a", value)
                                                    .row(1, 9, "b", value)
                                                    .build());
                                }
                                done.set(true);
                            });
            while (!done.get()) {
                List<String> rows = rows(1);
                assertThat(rows.get(0).substring(4)).isEqualTo(rows.get(1).substring(4));
            }
            writer.join();
            assertThat(rows(1)).containsExactly("0 a 500", "9 b 500");
        }
    }

    @Nested
    class Rows {
        @Test
        void comeByWindowStartThenByTheGroupsBytes() {
            web.commit(
                    commit().row(1, 0, new byte[] {(byte) 0x80}, bytes("5"))
                            .row(1, Long.MAX_VALUE - 1, "a", "7")
                            .row(1, -5, "b", "2")
                            .row(1, 0, new byte[0], bytes("3"))
                            .row(1, 0, new byte[] {0x7f}, bytes("4"))
                            .row(1, 0, new byte[] {(byte) 0x80, 0}, bytes("6"))
                            .row(1, Long.MIN_VALUE, "z", "1")
                            .row(2, 0, "other", "no")
                            .build());
            assertThat(values(1, Long.MIN_VALUE, Long.MAX_VALUE, null))
                    .containsExactly("1", "2", "3", "4", "5", "6", "7");
            reopen();
            assertThat(values(1, Long.MIN_VALUE, Long.MAX_VALUE, null))
                    .containsExactly("1", "2", "3", "4", "5", "6", "7");
        }

        @Test
        void areBoundedHalfOpen() {
            web.commit(
                    commit().row(1, -300, "a", "1")
                            .row(1, 0, "a", "2")
                            .row(1, 300, "a", "3")
                            .build());
            assertThat(values(1, -300, 0, null)).containsExactly("1");
            assertThat(values(1, -299, 301, null)).containsExactly("2", "3");
            assertThat(values(1, 0, 0, null)).isEmpty();
            assertThat(values(1, 300, 0, null)).isEmpty();
        }

        @Test
        void beginAfterAPlace() {
            web.commit(
                    commit().row(1, 0, "", "1")
                            .row(1, 0, "a", "2")
                            .row(1, 0, "ab", "3")
                            .row(1, 300, "", "4")
                            .build());
            assertThat(values(1, 0, 600, new Place(0, bytes("")))).containsExactly("2", "3", "4");
            assertThat(values(1, 0, 600, new Place(0, bytes("a")))).containsExactly("3", "4");
            assertThat(values(1, 0, 600, new Place(0, bytes("aa")))).containsExactly("3", "4");
            assertThat(values(1, 0, 600, new Place(0, bytes("b")))).containsExactly("4");
            assertThat(values(1, 0, 600, new Place(300, bytes("")))).isEmpty();
            assertThat(values(1, 0, 600, new Place(-5, bytes("z")))).hasSize(4);
            assertThat(values(1, 0, 300, new Place(900, bytes("")))).isEmpty();
        }

        @Test
        void areFoundByTheBeginningsOfTheirGroups() {
            Random random = new Random(7);
            CommitBuilder rows = commit();
            for (int i = 0; i < 400; i++) {
                String group = (char) ('a' + random.nextInt(20)) + "/" + random.nextInt(20);
                rows.row(1, 300L * random.nextInt(-2, 4), group, String.valueOf(i));
            }
            rows.row(2, 0, "a/1", "of another aggregate");
            web.commit(rows.build());
            for (List<String> prefixes :
                    List.of(
                            List.of("a/"),
                            List.of("t/", "c/", "m/1"),
                            List.of("k/12"),
                            List.of("A", "zz"),
                            List.<String>of())) {
                List<String> expected =
                        rows(1).stream()
                                .filter(row ->
                                        prefixes.stream().anyMatch(row.split(" ")[1]::startsWith))
                                .toList();
                assertThat(rowsOf(prefixes, Long.MIN_VALUE, Long.MAX_VALUE, null))
                        .isEqualTo(expected);
                assertThat(rowsOf(prefixes, 0, 600, new Place(0, bytes("m/"))))
                        .isEqualTo(
                                expected.stream()
                                        .filter(row ->
                                                row.startsWith("300 ")
                                                        || row.startsWith("0 ")
                                                                && row.compareTo("0 m/") > 0)
                                        .toList());
            }
        }

        private List<String> rowsOf(
                List<String> prefixes, long fromMs, long toMs, @Nullable Place after) {
            List<String> rows = new ArrayList<>();
            web.rows(
                    1,
                    fromMs,
                    toMs,
                    GroupPrefixes.of(prefixes.stream().map(StorageContract::bytes).toList()),
                    after,
                    (start, group, value) ->
                            rows.add(start + " " + text(group) + " " + text(value)));
            return rows;
        }

        @Test
        void stopWhenTheVisitorDoes() {
            web.commit(commit().row(1, 0, "a", "1").row(1, 0, "b", "2").build());
            List<String> seen = new ArrayList<>();
            web.rows(
                    1,
                    0,
                    1,
                    null,
                    (_, _, value) -> {
                        seen.add(text(value));
                        return false;
                    });
            assertThat(seen).containsExactly("1");
        }

        @Test
        void areOfOneMomentWhileCommitsGoOn() {
            web.commit(commit().row(1, 0, "a", "1").row(1, 0, "b", "1").build());
            List<String> seen = new ArrayList<>();
            web.rows(
                    1,
                    0,
                    1,
                    null,
                    (_, _, value) -> {
                        seen.add(text(value));
                        web.commit(
                                commit().row(1, 0, "b", "2")
                                        .row(1, 0, "c", "2")
                                        .expire(1, 1)
                                        .build());
                        return true;
                    });
            assertThat(seen).containsExactly("1", "1");
        }

        @Test
        void areFoundOneByOne() {
            byte[] big = new byte[3 << 20];
            Arrays.fill(big, (byte) 7);
            web.commit(commit().row(1, 0, bytes("a"), big).row(1, 0, "", "").build());
            reopen();
            assertThat(web.row(1, 0, bytes("a"))).isEqualTo(big);
            assertThat(web.row(1, 0, bytes(""))).isEmpty();
            assertThat(web.row(1, 0, bytes("b"))).isNull();
            assertThat(web.row(1, 300, bytes("a"))).isNull();
            assertThat(web.row(2, 0, bytes("a"))).isNull();
        }

        @Test
        void areReplacedByALaterCommit() {
            web.commit(commit().row(1, 0, "a", "1").build());
            web.commit(commit().row(1, 0, "a", "2").build());
            assertThat(rows(1)).containsExactly("0 a 2");
        }

        @Test
        void newestWindowIsTheLastWithRows() {
            assertThat(web.newestWindowStart(1, Long.MAX_VALUE)).isEmpty();
            web.commit(commit().row(1, -600, "a", "1").row(2, 900, "a", "1").build());
            assertThat(web.newestWindowStart(1, Long.MAX_VALUE)).hasValue(-600);
            web.commit(commit().row(1, 300, "a", "1").build());
            assertThat(web.newestWindowStart(1, Long.MAX_VALUE)).hasValue(300);
            assertThat(web.newestWindowStart(1, 301)).hasValue(300);
            assertThat(web.newestWindowStart(1, 300)).hasValue(-600);
            assertThat(web.newestWindowStart(1, -600)).isEmpty();
            web.commit(commit().expire(1, 301).build());
            assertThat(web.newestWindowStart(1, Long.MAX_VALUE)).isEmpty();
        }

        @Test
        void expireBelowABound() {
            web.commit(
                    commit().row(1, -300, "a", "1")
                            .row(1, 0, "a", "2")
                            .row(1, 300, "a", "3")
                            .row(2, 0, "a", "4")
                            .build());
            web.commit(commit().expire(1, 300).build());
            assertThat(rows(1)).containsExactly("300 a 3");
            assertThat(rows(2)).hasSize(1);
            reopen();
            assertThat(rows(1)).containsExactly("300 a 3");
        }

        @Test
        void expireAgainWhenOneCameBelowTheBoundLater() {
            web.commit(commit().row(1, 0, "a", "1").expire(1, 300).build());
            assertThat(rows(1)).isEmpty();
            web.commit(commit().expire(1, 300).build());
            web.commit(commit().row(1, 0, "b", "1").build());
            assertThat(rows(1)).containsExactly("0 b 1");
            web.commit(commit().expire(1, 300).build());
            assertThat(rows(1)).isEmpty();
            web.commit(commit().row(1, 0, "c", "1").expire(1, 300).build());
            assertThat(rows(1)).isEmpty();
        }

        @Test
        void stayBelowTheBoundForAsLongAsTheyAreSpared() {
            web.commit(
                    commit().row(1, -300, "a", "1")
                            .row(1, 0, "a", "2")
                            .row(1, 100, "a", "3")
                            .row(1, 200, "a", "4")
                            .expire(1, 150, Set.of(-300L, 100L))
                            .build());
            assertThat(rows(1)).containsExactly("-300 a 1", "100 a 3", "200 a 4");
            web.commit(commit().row(1, -300, "a", "5").expire(1, 300, Set.of(-300L)).build());
            assertThat(rows(1)).containsExactly("-300 a 5");
            reopen();
            web.commit(commit().row(1, 200, "a", "6").expire(1, 400, Set.of(-300L)).build());
            assertThat(rows(1)).containsExactly("-300 a 5");
            web.commit(commit().expire(1, 500).build());
            assertThat(rows(1)).isEmpty();
        }

        @Test
        void goWithTheirAggregate() {
            web.commit(commit().row(1, 0, "a", "1").row(2, 0, "a", "2").expire(1, -10).build());
            web.commit(commit().row(1, 300, "b", "3").drop(1).build());
            assertThat(rows(1)).isEmpty();
            assertThat(rows(2)).hasSize(1);
            web.commit(commit().row(1, -60, "c", "4").build());
            assertThat(rows(1)).containsExactly("-60 c 4");
            web.commit(commit().expire(1, 0).build());
            assertThat(rows(1)).isEmpty();
        }
    }

    @Nested
    class Letters {
        @Test
        void comeInOrderOfTheirIds() {
            web.commit(
                    commit().put(letter(new LetterId(2, 0, 0), "c"))
                            .put(letter(new LetterId(1, LetterId.ADMISSION, 0), "b"))
                            .put(letter(new LetterId(1, 3, 300), "a2"))
                            .put(letter(new LetterId(1, 3, 5), "a1"))
                            .build());
            assertThat(letters(null)).containsExactly("a1", "a2", "b", "c");
            assertThat(letters(new LetterId(1, 3, 5))).containsExactly("a2", "b", "c");
            assertThat(letters(new LetterId(1, 4, 0))).containsExactly("b", "c");
            assertThat(letters(new LetterId(2, 0, 0))).isEmpty();
        }

        @Test
        void stopWhenTheVisitorDoes() {
            web.commit(commit().put(letter(1, "a")).put(letter(2, "b")).build());
            List<String> seen = new ArrayList<>();
            web.letters(
                    LetterFilter.ALL,
                    null,
                    letter -> {
                        seen.add(letter.message());
                        return false;
                    });
            assertThat(seen).containsExactly("a");
        }

        @Test
        void areKeptAsTheyAre() {
            DeadLetter letter =
                    letter(3, "first").failedAgain("later", "code", "why", 99, 4, bytes("{}"));
            web.commit(commit().put(letter).build());
            reopen();
            assertThat(web.letter(letter.id())).hasValue(letter);
            assertThat(web.letter(new LetterId(3, 1, 1))).isEmpty();
        }

        @Test
        void areCountedOnce() {
            web.commit(commit().put(letter(1, "a")).put(letter(1, "a2")).build());
            assertThat(web.letterCount()).isEqualTo(1);
            web.commit(commit().put(letter(1, "a3")).put(letter(2, "b")).build());
            assertThat(web.letterCount()).isEqualTo(2);
            storage.append(List.of(appendOf(web, 0, List.of(letter(2, "b2"), letter(3, "c")))));
            assertThat(web.letterCount()).isEqualTo(3);
            assertThat(letters(null)).containsExactly("a3", "b2", "c");
            reopen();
            assertThat(web.letterCount()).isEqualTo(3);
        }

        @Test
        void changeInOrderWithinACommit() {
            LetterId a = letter(1, "").id();
            LetterId b = letter(2, "").id();
            web.commit(commit().put(letter(1, "a")).build());
            web.commit(
                    commit().remove(a)
                            .put(letter(1, "again"))
                            .put(letter(2, "b"))
                            .remove(b)
                            .remove(b)
                            .build());
            assertThat(letters(null)).containsExactly("again");
            assertThat(web.letterCount()).isEqualTo(1);
        }

        @Test
        void thatAreNotThereMayBeRemoved() {
            web.commit(commit().remove(new LetterId(1, 1, 1)).build());
            assertThat(web.letterCount()).isZero();
        }

        @Test
        void areCountedRightByAppendsAndCommitsAtOnce() throws InterruptedException {
            Thread appender =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 200; i++) {
                                    storage.append(
                                            List.of(appendOf(web, i, List.of(letter(i, "in")))));
                                }
                            });
            for (int i = 0; i < 200; i++) {
                web.commit(
                        commit().put(letter(1_000 + i, "out")).remove(letter(i, "").id()).build());
            }
            appender.join();
            assertThat(web.letterCount()).isEqualTo(letters(null).size());
            reopen();
            assertThat(web.letterCount()).isEqualTo(letters(null).size());
        }

        @Test
        void areCountedRightThoughEventsWithoutLettersAreAppendedMeanwhile()
                throws InterruptedException {
            AtomicBoolean enough = new AtomicBoolean();
            Thread appender =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; !enough.get(); i++) {
                                    append(web, i, 1, "event");
                                }
                            });
            for (int i = 0; i < 200; i++) {
                web.commit(commit().put(letter(i, "out")).build());
            }
            enough.set(true);
            appender.join();
            assertThat(web.letterCount()).isEqualTo(200);
        }
    }

    @Nested
    class LettersByFilter {
        private static final LetterFilter LATE = filter(LetterKind.LATE, null, null, null, null);

        /** Two causes that take turns, and one of another kind. */
        @BeforeEach
        void write() {
            web.commit(
                    commit().put(of(1, LetterKind.STAGE, "tidy", "no x", "a.example", false))
                            .put(of(2, LetterKind.LATE, "views", "late", "a.example", false))
                            .put(of(3, LetterKind.STAGE, "tidy", "no y", "b.example", false))
                            .put(of(4, LetterKind.LATE, "views", "late", "b.example", true))
                            .put(of(5, LetterKind.STAGE, "tidy", "no x", "b.example", true))
                            .build());
            storage.append(
                    List.of(
                            appendOf(
                                    web,
                                    0,
                                    List.of(of(6, LetterKind.INVALID, "", "?", "", false)))));
        }

        @Test
        void areThoseThatMatchInOrderOfTheirIds() {
            assertThat(times(LATE, null)).containsExactly(2L, 4L);
            assertThat(times(filter(null, "tidy", null, null, null), null))
                    .containsExactly(1L, 3L, 5L);
            assertThat(times(filter(null, null, "no x", null, null), null)).containsExactly(1L, 5L);
            assertThat(times(filter(null, null, null, "b.example", null), null))
                    .containsExactly(3L, 4L, 5L);
            assertThat(times(filter(null, null, null, "", null), null)).containsExactly(6L);
            assertThat(times(filter(null, null, null, null, true), null)).containsExactly(4L, 5L);
            assertThat(times(filter(null, null, null, null, false), null))
                    .containsExactly(1L, 2L, 3L, 6L);
            assertThat(times(filter(LetterKind.STAGE, null, null, "b.example", true), null))
                    .containsExactly(5L);
            assertThat(times(filter(LetterKind.STAGE, "views", null, null, null), null)).isEmpty();
            assertThat(times(filter(LetterKind.FUTURE, null, null, null, null), null)).isEmpty();
        }

        @Test
        void ofAFingerprintThatIsNoneAreNone() {
            LetterFilter none =
                    new LetterFilter(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of("'"),
                            Optional.empty(),
                            Optional.empty());
            assertThat(times(none, null)).isEmpty();
            assertThat(web.letterSummary(none, 10).causes()).isEmpty();
        }

        @Test
        void beginAfterAnIdThatNeedNotMatch() {
            LetterFilter tidy = filter(null, "tidy", null, null, null);
            assertThat(times(tidy, id(1))).containsExactly(3L, 5L);
            assertThat(times(tidy, id(2))).containsExactly(3L, 5L);
            assertThat(times(tidy, id(5))).isEmpty();
        }

        @Test
        void areOfOneMomentWhileCommitsGoOn() {
            List<Long> seen = new ArrayList<>();
            web.letters(
                    filter(null, "tidy", null, null, null),
                    null,
                    letter -> {
                        seen.add(letter.firstFailedAtMs());
                        web.commit(
                                commit().remove(id(3))
                                        .remove(id(5))
                                        .put(of(9, LetterKind.STAGE, "tidy", "z", "c", false))
                                        .build());
                        return true;
                    });
            assertThat(seen).containsExactly(1L, 3L, 5L);
        }

        @Test
        void followALetterToItsNewCause() {
            DeadLetter moved =
                    of(1, LetterKind.STAGE, "tidy", "no x", "a.example", false)
                            .failedAgain("site", "c", "no site", 50, 2, null);
            web.commit(commit().put(moved).remove(id(5)).build());
            assertThat(times(filter(null, null, "no x", null, null), null)).isEmpty();
            assertThat(times(filter(null, "site", null, null, null), null)).containsExactly(1L);
            assertThat(times(filter(null, null, null, "a.example", null), null))
                    .containsExactly(1L, 2L);
            reopen();
            assertThat(times(filter(null, null, "no x", null, null), null)).isEmpty();
            assertThat(causes(LetterFilter.ALL, 10)).doesNotContain("no x");
        }

        @Test
        void areSummedUpByFingerprintTheMostFrequentFirst() {
            LetterSummary summary = web.letterSummary(LetterFilter.ALL, 10);
            assertThat(summary.letters()).isEqualTo(6);
            assertThat(summary.complete()).isTrue();
            assertThat(summary.causes())
                    .filteredOn(cause -> cause.message().equals("no x"))
                    .containsExactly(
                            new LetterCause(
                                    fingerprint("no x"),
                                    LetterKind.STAGE,
                                    "tidy",
                                    "c",
                                    "no x",
                                    2,
                                    1,
                                    1,
                                    6,
                                    RecentFailures.NONE.plus(6, 2),
                                    id(5)));
            assertThat(summary.causes().stream().map(LetterCause::letters))
                    .containsExactly(2L, 2L, 1L, 1L);
            reopen();
            assertThat(web.letterSummary(LetterFilter.ALL, 10).letters()).isEqualTo(6);
            assertThat(causes(LetterFilter.ALL, 10))
                    .containsExactlyInAnyOrder("no x", "no y", "late", "?");
        }

        @Test
        void areSummedUpByAnyFilter() {
            assertThat(causes(LATE, 10)).containsExactly("late");
            assertThat(causes(filter(null, null, null, "a.example", null), 10))
                    .containsExactlyInAnyOrder("no x", "late");
            assertThat(causes(filter(null, null, null, null, true), 10))
                    .containsExactlyInAnyOrder("no x", "late");
            LetterSummary parked = web.letterSummary(filter(null, null, "no x", null, true), 10);
            assertThat(parked.letters()).isEqualTo(1);
            assertThat(parked.causes().getFirst().firstFailedAtMs()).isEqualTo(5);
        }

        @Test
        void areCountedThoughTheirCauseIsNotListed() {
            LetterSummary summary = web.letterSummary(LetterFilter.ALL, 1);
            assertThat(summary.causes()).hasSize(1);
            assertThat(summary.letters()).isEqualTo(6);
            assertThat(summary.complete()).isFalse();
        }

        @Test
        void areCountedByKind() {
            assertThat(web.lettersByKind())
                    .containsEntry(LetterKind.STAGE, 3L)
                    .containsEntry(LetterKind.LATE, 2L)
                    .containsEntry(LetterKind.INVALID, 1L)
                    .containsEntry(LetterKind.FUTURE, 0L);
            web.commit(commit().remove(id(2)).remove(id(6)).build());
            reopen();
            assertThat(web.lettersByKind())
                    .containsEntry(LetterKind.LATE, 1L)
                    .containsEntry(LetterKind.INVALID, 0L);
        }

        @Test
        void areCountedBySourceButForThoseOfStages() {
            SourceLetters ofA = web.lettersOf("a.example");
            assertThat(ofA.letters()).isEqualTo(1);
            assertThat(ofA.bytes()).isPositive();
            assertThat(web.lettersOf("").letters()).isEqualTo(1);
            assertThat(web.lettersOf("c.example").letters()).isZero();
            assertThat(web.letterSources(10).stream().map(SourceLetters::source))
                    .containsExactly("", "a.example", "b.example");
            reopen();
            assertThat(web.lettersOf("a.example")).isEqualTo(ofA);
            web.commit(commit().remove(id(2)).remove(id(4)).build());
            assertThat(web.lettersOf("a.example").bytes()).isZero();
            assertThat(web.letterSources(10).stream().map(SourceLetters::source))
                    .containsExactly("");
        }

        @Test
        void ofADroppedPipelineAreGone() {
            storage.drop(web);
            PipelineStore again = storage.create("web", FIRST);
            assertThat(again.letterSummary(LetterFilter.ALL, 10).letters()).isZero();
            assertThat(again.lettersOf("a.example").letters()).isZero();
        }

        private static LetterId id(long timeMs) {
            return new LetterId(timeMs, LetterId.ADMISSION, 0);
        }

        // javac drops the component's @Nullable from a compact constructor's parameter.
        @SuppressWarnings("NullAway")
        private static DeadLetter of(
                long timeMs,
                LetterKind kind,
                String stage,
                String message,
                String source,
                boolean parked) {
            return new DeadLetter(
                    id(timeMs),
                    kind,
                    stage,
                    "c",
                    message,
                    1,
                    timeMs + 1,
                    1,
                    parked,
                    source,
                    timeMs,
                    Origin.at(7),
                    Set.of(),
                    bytes("raw"),
                    null);
        }

        private static String fingerprint(String message) {
            return of(1, LetterKind.STAGE, "tidy", message, "", false).fingerprint();
        }

        /**
         * @param message that of a letter of stage tidy, for its fingerprint
         */
        private static LetterFilter filter(
                @Nullable LetterKind kind,
                @Nullable String stage,
                @Nullable String message,
                @Nullable String source,
                @Nullable Boolean parked) {
            return new LetterFilter(
                    Optional.ofNullable(kind),
                    Optional.ofNullable(stage),
                    Optional.ofNullable(message).map(LettersByFilter::fingerprint),
                    Optional.ofNullable(source),
                    Optional.ofNullable(parked));
        }

        /** Asked for as letters and as ids, which are the same ones. */
        private List<Long> times(LetterFilter filter, @Nullable LetterId after) {
            List<LetterId> ids = new ArrayList<>();
            web.letterIds(filter, after, ids::add);
            List<LetterId> ofLetters = new ArrayList<>();
            web.letters(filter, after, letter -> ofLetters.add(letter.id()));
            assertThat(ids).isEqualTo(ofLetters);
            return ids.stream().map(LetterId::timeMs).toList();
        }

        private List<String> causes(LetterFilter filter, int limit) {
            return web.letterSummary(filter, limit).causes().stream()
                    .map(LetterCause::message)
                    .toList();
        }
    }

    @Nested
    class Dedupe {
        @Test
        void comesByPartitionOldestFirst() {
            web.commit(commit().dedupe(0, 1, 10, 1, 2).dedupe(1, 1, 11, 3, 4, -5, 6).build());
            web.commit(commit().dedupe(0, 300, 20, 7, 8).build());
            web.commit(commit().dedupe(0, 301, 30).build());
            assertThat(dedupe(web, 0, 0))
                    .containsExactly("1 10 [1, 2]", "300 20 [7, 8]", "301 30 []");
            assertThat(dedupe(web, 1, 0)).containsExactly("1 11 [3, 4, -5, 6]");
            assertThat(dedupe(web, 2, 0)).isEmpty();
        }

        @Test
        void isReadFromATimeOn() {
            web.commit(commit().dedupe(0, 1, 10, 1, 1).dedupe(0, 2, 20, 2, 2).build());
            assertThat(dedupe(web, 0, 20)).containsExactly("2 20 [2, 2]");
            assertThat(dedupe(web, 0, 21)).isEmpty();
        }

        @Test
        void isForgottenByTime() {
            web.commit(
                    commit().dedupe(0, 1, 10, 1, 1)
                            .dedupe(1, 1, 30, 3, 3)
                            .dedupe(0, 2, 20, 2, 2)
                            .build());
            web.commit(commit().forgetBefore(20).build());
            assertThat(dedupe(web, 0, 0)).containsExactly("2 20 [2, 2]");
            assertThat(dedupe(web, 1, 0)).hasSize(1);
            web.commit(commit().dedupe(0, 3, 40, 4, 4).forgetBefore(25).build());
            assertThat(dedupe(web, 0, 0)).containsExactly("3 40 [4, 4]");
            reopen();
            web.commit(commit().forgetBefore(35).build());
            assertThat(dedupe(web, 0, 0)).containsExactly("3 40 [4, 4]");
            assertThat(dedupe(web, 1, 0)).isEmpty();
            web.commit(commit().dedupe(0, 4, 35, 5, 5).forgetBefore(41).build());
            assertThat(dedupe(web, 0, 0)).isEmpty();
        }

        @Test
        void staysBehindABlockThatStays() {
            web.commit(commit().dedupe(0, 1, 50, 1, 1).dedupe(0, 2, 20, 2, 2).build());
            web.commit(commit().forgetBefore(30).build());
            assertThat(dedupe(web, 0, 0)).containsExactly("1 50 [1, 1]", "2 20 [2, 2]");
            web.commit(commit().forgetBefore(51).build());
            assertThat(dedupe(web, 0, 0)).isEmpty();
        }
    }

    @Test
    void sizeGrowsWithWhatIsWritten() {
        long before = storage.sizeBytes();
        byte[] payload = new byte[1 << 20];
        new Random(1).nextBytes(payload);
        byte[] record = JournalCodec.encode(new JournalRecord.Events(1, 1, 1, 0, false, payload));
        storage.append(List.of(JournalAppend.of(web, 0, record)));
        assertThat(storage.sizeBytes() - before).isGreaterThanOrEqualTo(payload.length);
    }

    @Test
    void isHealthyWhileWritesSucceed() {
        append(web, 0, 1, "a");
        assertThat(storage.healthy()).isTrue();
    }

    @Nested
    class Notes {
        @Test
        void areWrittenWithACommitAndStay() {
            web.commit(commit().note("replay/b", "2").note("replay/a", "1").note("x", "3").build());
            reopen();
            assertThat(notes("replay/")).containsExactly("replay/a=1", "replay/b=2");
            assertThat(web.note("x").map(StorageContract::text)).contains("3");
            assertThat(web.note("y")).isEmpty();
        }

        @Test
        void areWrittenWithAnAppend() {
            JournalRecord record = new JournalRecord.Advance(1, 2);
            storage.append(
                    List.of(
                            new JournalAppend(
                                    web,
                                    0,
                                    JournalCodec.encode(record),
                                    List.of(),
                                    Optional.empty(),
                                    List.of(new Note("n", bytes("v"))))));
            assertThat(notes("")).containsExactly("n=v");
        }

        @Test
        void areReplacedAndRemoved() {
            web.commit(commit().note("a", "1").note("b", "1").build());
            web.commit(commit().note("a", "2").note("b", null).build());
            assertThat(notes("")).containsExactly("a=2");
        }

        private List<String> notes(String prefix) {
            List<String> notes = new ArrayList<>();
            web.notes(prefix, (key, value) -> notes.add(key + "=" + text(value)));
            return notes;
        }
    }

    @Nested
    class Outboxes {
        @Test
        void areWrittenWithACommitAndStayApart() {
            web.commit(commit().putOut("a", 0, "x").putOut("ab", 7, "z").build());
            web.commit(commit().putOut("a", 3, "y").build());
            reopen();
            assertThat(outbox(web, "a", 0)).containsExactly("0 x", "3 y");
            assertThat(outbox(web, "ab", 0)).containsExactly("7 z");
            assertThat(outbox(web, "b", 0)).isEmpty();
        }

        @Test
        void areReadFromTheEntryThatBeginsAtOrBeforeAPosition() {
            web.commit(
                    commit().putOut("a", 2, "x").putOut("a", 5, "y").putOut("a", 9, "z").build());
            assertThat(outbox(web, "a", 0)).containsExactly("2 x", "5 y", "9 z");
            assertThat(outbox(web, "a", 5)).containsExactly("5 y", "9 z");
            assertThat(outbox(web, "a", 8)).containsExactly("5 y", "9 z");
            assertThat(outbox(web, "a", 100)).containsExactly("9 z");
        }

        @Test
        void areReadUntilTheVisitorStops() {
            web.commit(commit().putOut("a", 0, "x").putOut("a", 1, "y").build());
            List<Long> seen = new ArrayList<>();
            web.readOutbox(
                    "a",
                    0,
                    (position, _) -> {
                        seen.add(position);
                        return false;
                    });
            assertThat(seen).containsExactly(0L);
        }

        @Test
        void areTrimmedHalfOpen() {
            web.commit(
                    commit().putOut("a", 0, "x").putOut("a", 5, "y").putOut("b", 0, "z").build());
            web.commit(commit().putOut("a", 9, "w").trim("a", 0, 5).build());
            assertThat(outbox(web, "a", 0)).containsExactly("5 y", "9 w");
            web.commit(commit().trim("a", 5, Long.MAX_VALUE).build());
            reopen();
            assertThat(outbox(web, "a", 0)).isEmpty();
            assertThat(outbox(web, "b", 0)).containsExactly("0 z");
            web.commit(commit().putOut("a", 12, "v").build());
            assertThat(outbox(web, "a", 0)).containsExactly("12 v");
        }

        @Test
        void haveAnIdentityThatStays() {
            String identity = web.identity();
            assertThat(storage.create("other", FIRST).identity()).isNotEqualTo(identity);
            storage = reopen(storage);
            PipelineStore again =
                    storage.pipelines().stream()
                            .filter(one -> one.pipeline().equals("web"))
                            .findFirst()
                            .orElseThrow();
            assertThat(again.identity()).isEqualTo(identity);
        }
    }

    private static List<String> outbox(PipelineStore pipeline, String sink, long from) {
        List<String> entries = new ArrayList<>();
        pipeline.readOutbox(
                sink,
                from,
                (position, entry) -> {
                    entries.add(position + " " + text(entry));
                    return true;
                });
        return entries;
    }

    private void append(PipelineStore pipeline, long offset, int width, String payload) {
        storage.append(List.of(plain(pipeline, offset, width, payload)));
    }

    private static JournalAppend plain(
            PipelineStore pipeline, long offset, int width, String payload) {
        JournalRecord record = new JournalRecord.Events(offset, 1, width, 0, false, bytes(payload));
        return JournalAppend.of(pipeline, offset, JournalCodec.encode(record));
    }

    private static JournalAppend appendOf(
            PipelineStore pipeline, long offset, List<DeadLetter> letters) {
        int rejected = letters.size();
        JournalRecord record =
                new JournalRecord.Events(offset, 1, rejected, rejected, false, new byte[0]);
        return new JournalAppend(
                pipeline,
                offset,
                JournalCodec.encode(record),
                letters.stream().<LetterChange>map(LetterChange.Put::new).toList(),
                Optional.empty(),
                List.of());
    }

    private static DeadLetter letter(long timeMs, String message) {
        return letter(new LetterId(timeMs, LetterId.ADMISSION, 0), message);
    }

    // javac drops the component's @Nullable from a compact constructor's parameter.
    @SuppressWarnings("NullAway")
    private static DeadLetter letter(LetterId id, String message) {
        return new DeadLetter(
                id,
                LetterKind.STAGE,
                "s",
                "c",
                message,
                1,
                5,
                1,
                false,
                "shop",
                5,
                Origin.at(7),
                Set.of(3),
                bytes("raw"),
                null);
    }

    private List<String> names() {
        return storage.pipelines().stream().map(PipelineStore::pipeline).toList();
    }

    private List<String> journal(PipelineStore pipeline, long from) {
        List<String> records = new ArrayList<>();
        pipeline.readJournal(
                from,
                (offset, bytes) -> {
                    JournalRecord record = JournalCodec.decode(offset, bytes);
                    String payload =
                            record instanceof JournalRecord.Events events
                                    ? text(events.payload())
                                    : record.toString();
                    records.add(offset + " " + payload);
                    return true;
                });
        return records;
    }

    private List<String> rows(int aggregate) {
        List<String> rows = new ArrayList<>();
        web.rows(
                aggregate,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                null,
                (start, group, value) -> rows.add(start + " " + text(group) + " " + text(value)));
        return rows;
    }

    private List<String> values(int aggregate, long fromMs, long toMs, @Nullable Place after) {
        List<String> values = new ArrayList<>();
        web.rows(aggregate, fromMs, toMs, after, (_, _, value) -> values.add(text(value)));
        return values;
    }

    private List<String> letters(@Nullable LetterId after) {
        return letters(LetterFilter.ALL, after);
    }

    private List<String> letters(LetterFilter filter, @Nullable LetterId after) {
        List<String> messages = new ArrayList<>();
        web.letters(filter, after, letter -> messages.add(letter.message()));
        return messages;
    }

    private static List<String> dedupe(PipelineStore pipeline, int partition, long notBeforeMs) {
        List<DedupeBlock> blocks = new ArrayList<>();
        pipeline.readDedupe(partition, notBeforeMs, blocks::add);
        return blocks.stream()
                .map(it ->
                        it.sequence()
                                + " "
                                + it.lastReceivedAtMs()
                                + " "
                                + Arrays.toString(it.ids()))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "none" : new String(bytes, StandardCharsets.UTF_8);
    }
}
