package dev.millrace.core.detect;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The detectors of one pipeline, by the numbers of their state. Confined to one thread. */
public final class Detectors {
    private final WindowRows stored;
    private final Map<Integer, Detector> detectors = new HashMap<>();

    /**
     * @param stored as the last commit left it, whenever it is asked
     */
    public Detectors(WindowRows stored) {
        this.stored = stored;
    }

    /**
     * Goes on with changed definitions, and begins with those that are new.
     *
     * @param watermarkMs as of which the state is committed; {@link Long#MIN_VALUE} where there is
     *     none
     */
    public void adopt(List<Detection> detections, long watermarkMs) {
        for (Detection detection : detections) {
            detectors
                    .computeIfAbsent(
                            detection.number(), _ -> new Detector(detection, stored, watermarkMs))
                    .redefine(detection);
        }
    }

    /**
     * Lets go of all others.
     *
     * @return the numbers of which all rows go
     */
    public List<Integer> retain(List<Detection> detections) {
        Set<Integer> used = detections.stream().map(Detection::number).collect(Collectors.toSet());
        List<Integer> dropped = new ArrayList<>();
        detectors
                .values()
                .removeIf(detector -> {
                    boolean unused = !used.contains(detector.detection().number());
                    if (unused) {
                        dropped.add(detector.detection().number());
                        dropped.add(detector.detection().baselines());
                    }
                    return unused;
                });
        return dropped;
    }

    /**
     * Looks at the windows that close and at what changed in those that come next.
     *
     * @param firstMs the watermark as it was first known; what is older came as history
     * @param changes rows of aggregates; gets the alerts and baselines that change
     */
    public void advance(
            long firstMs,
            long watermarkMs,
            List<Commit.RowChange> changes,
            List<Commit.RowExpiry> expiries) {
        if (detectors.isEmpty()) {
            return;
        }
        List<Commit.RowChange> rows = List.copyOf(changes);
        detectors
                .values()
                .forEach(one -> one.advance(firstMs, watermarkMs, rows, changes, expiries));
    }

    /** Alerts that are open. */
    public long openAlerts() {
        return detectors.values().stream().mapToLong(Detector::openAlerts).sum();
    }
}
