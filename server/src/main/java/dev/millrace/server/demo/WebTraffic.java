package dev.millrace.server.demo;

import dev.millrace.server.demo.TrafficEvent.Fault;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Makes up what fifty websites send while time goes by. Confined to one thread; knows no clock. The
 * same seed, rate and steps give the same events, byte for byte.
 *
 * <p>Everything is something due: a visit that begins, a visitor's next page, a bot's next fetch, a
 * client that sends again, a surge. Visits begin at random (a Poisson process per site, which
 * follows the site's daily curve), and visitors think between pages (log-normal, as is known of
 * reading times). The traffic is in full flow from the first step on: the visits that would be
 * under way then are set up with it.
 */
public final class WebTraffic {
    private static final double BOT_SHARE = 0.12;
    private static final double BOT_JITTER = 0.05;

    private static final double GOES_ON = 0.65;
    private static final double CLICKS = 0.08;
    private static final double VIEWS_PER_VISIT = 1 / (1 - GOES_ON);
    private static final double EVENTS_PER_VISIT = VIEWS_PER_VISIT * (1 + CLICKS);
    private static final double EVENTS_PER_SURGE_VISIT = 1 + CLICKS;

    private static final double THINK_SECONDS_MEDIAN = 18;
    private static final double THINK_SIGMA = 0.9;
    private static final double THINK_SECONDS_MEAN =
            THINK_SECONDS_MEDIAN * Math.exp(THINK_SIGMA * THINK_SIGMA / 2);

    /** A detector of 10 s windows knows what is ordinary by then. */
    private static final Duration FIRST_SURGE_MIN = Duration.ofSeconds(80);

    private static final Duration FIRST_SURGE_MAX = Duration.ofSeconds(110);
    private static final Duration SURGE_MIN = Duration.ofMinutes(1);
    private static final Duration SURGE_MAX = Duration.ofMinutes(2);
    private static final Duration CALM_MIN = Duration.ofMinutes(3);
    private static final Duration CALM_MAX = Duration.ofMinutes(9);
    private static final int SURGE_SITES = 6;
    private static final int SURGE_PAGE_MIN = 1;
    private static final int SURGE_PAGE_MAX = 6;

    private static final double SENT_TWICE = 0.004;

    private sealed interface Happening {
        /** Someone comes to a site. */
        record Arrival(Site site) implements Happening {}

        /** Someone comes because of a surge. */
        record SurgeArrival(Surge surge) implements Happening {}

        /** Somebody's next page. */
        record NextPage(Visit visit) implements Happening {}

        /** A bot's next fetch. */
        record Fetch(Site site, Bot bot, Visitor visitor) implements Happening {}

        /** A client sends again what it is not sure of. */
        record SendAgain(byte[] event) implements Happening {}

        /** A page begins to be wanted. */
        record SurgeBegins() implements Happening {}
    }

    /** One person's way through a site. */
    private record Visit(Site site, Visitor visitor, int page, @Nullable String referrer) {}

    private final long seed;
    private final SplittableRandom random;
    private final PageLoads loads;
    private final List<Site> sites;
    private final double eventsPerSecond;
    private final Agenda<Happening> agenda = new Agenda<>();
    private @Nullable Surge surge;
    private long microsDone;
    private long originMs;

    /**
     * @param eventsPerSecond the mean over a day, without surges
     */
    public WebTraffic(long seed, double eventsPerSecond) {
        if (!(eventsPerSecond > 0)) {
            throw new IllegalArgumentException("the rate must be positive, not " + eventsPerSecond);
        }
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.loads = new PageLoads(random);
        this.sites = Sites.load(seed, eventsPerSecond);
        this.eventsPerSecond = eventsPerSecond;
    }

    /**
     * The events of the step of time that ends at {@code now}, as they are sent: lines of NDJSON
     * without the line feed. Steps follow each other; if the clock jumps between two, the traffic
     * does not try to make up for it.
     */
    public List<byte[]> next(Duration step, Instant now) {
        boolean first = microsDone == 0;
        long end = microsDone + step.toNanos() / 1_000;
        originMs = now.toEpochMilli() - end / 1_000;
        if (first) {
            begin();
        }
        List<byte[]> out = new ArrayList<>();
        while (agenda.hasBefore(end)) {
            Agenda.Entry<Happening> due = agenda.take();
            happen(due.what(), due.atMicros(), out);
        }
        microsDone = end;
        return out;
    }

    private void begin() {
        for (Site site : sites) {
            agenda.add(gap(visitsPerSecond(site, 0)), new Happening.Arrival(site));
            for (Bot bot : Bot.values()) {
                long interval = botInterval(site);
                agenda.add(
                        random.nextLong(interval),
                        new Happening.Fetch(site, bot, Visitor.bot(bot, random)));
            }
            double underWay = visitsPerSecond(site, 0) * (VIEWS_PER_VISIT - 1) * THINK_SECONDS_MEAN;
            for (int i = 0; i < underWay; i++) {
                Visit visit = new Visit(site, someone(site), site.entryPage(random), null);
                agenda.add(restOfThinking(), new Happening.NextPage(visit));
            }
        }
        agenda.add(between(FIRST_SURGE_MIN, FIRST_SURGE_MAX), new Happening.SurgeBegins());
    }

    private void happen(Happening happening, long at, List<byte[]> out) {
        switch (happening) {
            case Happening.Arrival(Site site) -> {
                agenda.add(at + gap(visitsPerSecond(site, at)), happening);
                int page = site.entryPage(random);
                view(new Visit(site, someone(site), page, Referrers.draw(random)), at, out);
            }
            case Happening.NextPage(Visit visit) -> view(visit, at, out);
            case Happening.Fetch(Site site, Bot bot, Visitor visitor) -> {
                fetch(site, bot, visitor, at, out);
                double jitter = 1 + BOT_JITTER * random.nextDouble(-1, 1);
                agenda.add(at + (long) (botInterval(site) * jitter), happening);
            }
            case Happening.SendAgain(byte[] event) -> out.add(event);
            case Happening.SurgeBegins() -> beginSurge(at);
            case Happening.SurgeArrival(Surge current) -> surgeArrival(current, at, out);
        }
    }

    private void view(Visit visit, long at, List<byte[]> out) {
        Site site = visit.site;
        String path = site.pages().get(visit.page);
        send(visit, path, null, at, out);
        if (random.nextDouble() < CLICKS) {
            send(visit, path, "https://" + site.name() + "/out/" + random.nextInt(40), at, out);
        }
        if (random.nextDouble() < GOES_ON) {
            goOn(visit, path, at);
        }
    }

    private void goOn(Visit visit, String path, long at) {
        Site site = visit.site;
        Visit next =
                new Visit(
                        site,
                        visit.visitor,
                        site.nextPage(visit.page, random),
                        "https://" + site.name() + path);
        agenda.add(at + thinking(), new Happening.NextPage(next));
    }

    private void send(
            Visit visit, String path, @Nullable String target, long at, List<byte[]> out) {
        Fault fault = Faults.draw(visit.site, target != null, random);
        boolean internal =
                visit.referrer != null && visit.referrer.startsWith("https://" + visit.site.name());
        boolean busy =
                surge != null && surge.site().index() == visit.site.index() && !surge.isOver(at);
        int status = loads.status(busy);
        long sentMs = originMs + at / 1_000;
        byte[] event =
                new TrafficEvent(
                                id(sentMs),
                                sentMs - Faults.delayMs(fault, random),
                                visit.site,
                                visit.visitor,
                                path,
                                internal ? null : Referrers.query(random),
                                visit.referrer,
                                target,
                                status,
                                loads.bytes(status),
                                loads.loadMs(visit.site, visit.visitor, busy),
                                fault)
                        .toJson();
        out.add(event);
        if (random.nextDouble() < SENT_TWICE) {
            agenda.add(at + random.nextLong(500_000, 5_000_000), new Happening.SendAgain(event));
        }
    }

    private void fetch(Site site, Bot bot, Visitor visitor, long at, List<byte[]> out) {
        String path = bot.path(site, random);
        int status = site.pages().contains(path) ? 200 : 404;
        long sentMs = originMs + at / 1_000;
        out.add(
                new TrafficEvent(
                                id(sentMs),
                                sentMs,
                                site,
                                visitor,
                                path,
                                null,
                                null,
                                null,
                                status,
                                loads.bytes(status),
                                loads.loadMs(site, visitor, false),
                                Fault.NONE)
                        .toJson());
    }

    private void beginSurge(long at) {
        Site site = sites.get(random.nextInt(SURGE_SITES));
        long end = at + between(SURGE_MIN, SURGE_MAX);
        Surge begun =
                new Surge(
                        site,
                        random.nextInt(SURGE_PAGE_MIN, SURGE_PAGE_MAX),
                        Referrers.ofSurge(random),
                        at,
                        end);
        surge = begun;
        agenda.add(at + gap(surgeVisitsPerSecond(begun, at)), new Happening.SurgeArrival(begun));
        agenda.add(end + between(CALM_MIN, CALM_MAX), new Happening.SurgeBegins());
    }

    private void surgeArrival(Surge current, long at, List<byte[]> out) {
        if (current.isOver(at)) {
            return;
        }
        Site site = current.site();
        Visit visit = new Visit(site, someone(site), current.page(), current.referrer());
        send(visit, site.pages().get(current.page()), null, at, out);
        agenda.add(
                at + gap(surgeVisitsPerSecond(current, at)), new Happening.SurgeArrival(current));
    }

    private double surgeVisitsPerSecond(Surge current, long at) {
        Site site = current.site();
        double viewsPerSecond =
                visitsPerSecond(site, at)
                        * VIEWS_PER_VISIT
                        * site.popularity().share(current.page());
        return viewsPerSecond * current.extra(at) / EVENTS_PER_SURGE_VISIT;
    }

    private double visitsPerSecond(Site site, long at) {
        double people = eventsPerSecond * (1 - BOT_SHARE) * site.share();
        Instant instant = Instant.ofEpochMilli(originMs + at / 1_000);
        return people * site.busyness(instant) / EVENTS_PER_VISIT;
    }

    private long botInterval(Site site) {
        double fetchesPerSecond = eventsPerSecond * BOT_SHARE * site.share() / Bot.values().length;
        return Math.max(1, (long) (1e6 / fetchesPerSecond));
    }

    private Visitor someone(Site site) {
        return Visitor.person(seed, site, site.visitor(random));
    }

    /** Micros to the next of a Poisson process. */
    private long gap(double perSecond) {
        return (long) (random.nextExponential() / perSecond * 1e6);
    }

    private long thinking() {
        return logNormalMicros(THINK_SECONDS_MEDIAN);
    }

    /**
     * What is left of thinking that is under way at a random moment: a uniform part of a
     * length-biased log-normal, which is a log-normal again, its median raised by {@code
     * exp(sigma²)}.
     */
    private long restOfThinking() {
        double median = THINK_SECONDS_MEDIAN * Math.exp(THINK_SIGMA * THINK_SIGMA);
        return (long) (logNormalMicros(median) * random.nextDouble());
    }

    private long logNormalMicros(double medianSeconds) {
        return (long) (medianSeconds * Math.exp(THINK_SIGMA * random.nextGaussian()) * 1e6);
    }

    private long between(Duration min, Duration max) {
        return random.nextLong(min.toNanos(), max.toNanos()) / 1_000;
    }

    /** A UUID of version 7, RFC 9562: a time, then chance. */
    private String id(long timestampMs) {
        long high = timestampMs << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = random.nextLong() >>> 2 | 1L << 63;
        return new UUID(high, low).toString();
    }
}
