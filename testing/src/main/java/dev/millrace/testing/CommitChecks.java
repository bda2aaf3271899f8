package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.ledger.LedgerAudit;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.PartitionState;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must be true of any commit, whatever it is made of. */
final class CommitChecks {
    private CommitChecks() {}

    /**
     * A row is once in a commit, its revision rises, and a final one stays final, but for those of
     * sessions, which go on when an event joins them.
     */
    static void rows(
            Programs programs, WindowRows stored, long revision, List<Commit.RowChange> changes) {
        Set<List<Object>> seen = new HashSet<>();
        for (Commit.RowChange change : changes) {
            if (!programs.isVisible(change)) {
                continue;
            }
            Row row = programs.row(change);
            assertThat(seen.add(List.of(change.aggregate(), row.windowStartMs(), row.group())))
                    .as("%s is once in its commit", row)
                    .isTrue();
            assertThat(row.revision()).isEqualTo(revision);
            byte[] before = stored.row(change.aggregate(), change.windowStartMs(), change.group());
            if (before != null) {
                Row old =
                        programs.aggregation(change.aggregate())
                                .row(change.windowStartMs(), change.group(), before);
                assertThat(row.revision()).as("revision of %s", row).isGreaterThan(old.revision());
                assertThat(row.isFinal() || !old.isFinal() || programs.isOfSessions(change))
                        .as("%s stays final", old)
                        .isTrue();
            }
        }
    }

    /**
     * Every event that a partition took has a counted way out, and as many stage letters wait as
     * are counted dead.
     *
     * @param letters those that are stored now
     */
    static void ledger(List<Handover> handovers, List<DeadLetter> letters) {
        for (Handover handover : handovers) {
            PartitionState state = handover.state();
            assertThat(state.counts().settled())
                    .as("settled of partition %d: %s", handover.partition(), state)
                    .isEqualTo(state.eventsTaken());
        }
        long dead = handovers.stream().mapToLong(one -> one.state().counts().dead()).sum();
        assertThat(letters.stream().filter(one -> one.kind() == LetterKind.STAGE))
                .as("waiting stage letters")
                .hasSize((int) dead);
    }

    /**
     * Every cell balances, and they come to what the partitions counted.
     *
     * @param found by the audit
     * @param cells those that are stored now
     */
    static void cells(
            Optional<LedgerAudit.Imbalance> found,
            List<Handover> handovers,
            Map<LedgerPlace, CellState> cells) {
        assertThat(found).as("what does not balance").isEmpty();
        LedgerState sum =
                cells.values().stream()
                        .map(CellState::outcomes)
                        .reduce(LedgerState.ledger(), LedgerState::plus);
        LedgerState counted =
                handovers.stream()
                        .map(one -> LedgerState.of(one.state().counts()))
                        .reduce(LedgerState.ledger(), LedgerState::plus);
        assertThat(sum).as("the sum of %s", cells).isEqualTo(counted);
        assertThat(cells.values().stream().mapToLong(CellState::taken).sum())
                .as("taken")
                .isEqualTo(handovers.stream().mapToLong(one -> one.state().eventsTaken()).sum());
    }
}
