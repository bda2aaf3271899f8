package dev.millrace.server.e2e;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The rows of {@link AccessPipeline}, as it writes them.
 *
 * @param views per five minutes and path
 * @param online per five minutes that begin every minute
 * @param visits per address
 */
record AccessRows(List<String> views, List<String> online, List<String> visits) {
    private static final long MINUTE_MS = 60_000;

    /** Sort, group, count. */
    static AccessRows of(List<AccessHit> hits) {
        return new AccessRows(countViews(hits), countOnline(hits), countVisits(hits));
    }

    private static List<String> countViews(List<AccessHit> hits) {
        record Group(long window, String path) {}
        return hits.stream()
                .collect(
                        Collectors.groupingBy(hit ->
                                new Group(floor(hit.timestampMs(), 5 * MINUTE_MS), hit.path())))
                .entrySet()
                .stream()
                .sorted(
                        Map.Entry.comparingByKey(
                                Comparator.comparingLong(Group::window).thenComparing(Group::path)))
                .map(group ->
                        "%d\t%s\t%d\t%d\t%d"
                                .formatted(
                                        group.getKey().window(),
                                        group.getKey().path(),
                                        group.getValue().size(),
                                        bytes(group.getValue()),
                                        addresses(group.getValue())))
                .toList();
    }

    private static List<String> countOnline(List<AccessHit> hits) {
        TreeMap<Long, List<AccessHit>> windows = new TreeMap<>();
        for (AccessHit hit : hits) {
            long newest = floor(hit.timestampMs(), MINUTE_MS);
            for (long start = newest - 4 * MINUTE_MS; start <= newest; start += MINUTE_MS) {
                windows.computeIfAbsent(start, _ -> new ArrayList<>()).add(hit);
            }
        }
        return windows.entrySet().stream()
                .map(window -> "%d\t%d".formatted(window.getKey(), addresses(window.getValue())))
                .toList();
    }

    private static List<String> countVisits(List<AccessHit> hits) {
        record Visit(long start, String address, String line) {}
        List<Visit> visits = new ArrayList<>();
        hits.stream()
                .collect(Collectors.groupingBy(AccessHit::address))
                .forEach((address, theirs) -> {
                    List<AccessHit> rest = new ArrayList<>(theirs);
                    rest.sort(Comparator.comparingLong(AccessHit::timestampMs));
                    while (!rest.isEmpty()) {
                        List<AccessHit> visit = takeVisit(rest);
                        long start = visit.getFirst().timestampMs();
                        boolean nothing = visit.stream().allMatch(hit -> hit.bytes() == null);
                        visits.add(
                                new Visit(
                                        start,
                                        address,
                                        "%d\t%d\t%s\t%d\t%s"
                                                .formatted(
                                                        start,
                                                        visit.getLast().timestampMs()
                                                                + 30 * MINUTE_MS,
                                                        address,
                                                        visit.size(),
                                                        nothing ? "" : bytes(visit))));
                    }
                });
        return visits.stream()
                .sorted(Comparator.comparingLong(Visit::start).thenComparing(Visit::address))
                .map(Visit::line)
                .toList();
    }

    private static List<AccessHit> takeVisit(List<AccessHit> sorted) {
        int end = 1;
        while (end < sorted.size()
                && sorted.get(end).timestampMs() - sorted.get(end - 1).timestampMs()
                        <= 30 * MINUTE_MS) {
            end++;
        }
        List<AccessHit> visit = List.copyOf(sorted.subList(0, end));
        sorted.subList(0, end).clear();
        return visit;
    }

    private static long floor(long timestampMs, long sizeMs) {
        return timestampMs - timestampMs % sizeMs;
    }

    private static long bytes(List<AccessHit> hits) {
        return hits.stream()
                .map(AccessHit::bytes)
                .filter(Objects::nonNull)
                .mapToLong(Integer::longValue)
                .sum();
    }

    private static long addresses(List<AccessHit> hits) {
        return hits.stream().map(AccessHit::address).distinct().count();
    }
}
