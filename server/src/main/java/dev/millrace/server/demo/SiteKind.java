package dev.millrace.server.demo;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What a site is about, which decides what its pages are called. */
enum SiteKind {
    NEWS(
            List.of("/", "/politics", "/economy", "/culture", "/sport", "/local", "/weather"),
            List.of("politics", "economy", "culture", "sport", "local", "science"),
            List.of(
                    "council",
                    "minister",
                    "harbour",
                    "rail",
                    "budget",
                    "museum",
                    "final",
                    "river",
                    "school",
                    "housing"),
            List.of(
                    "vote-delayed",
                    "plan-approved",
                    "opens-again",
                    "in-numbers",
                    "draws-crowds",
                    "faces-questions",
                    "what-we-know",
                    "a-year-on")),
    SHOP(
            List.of("/", "/new", "/sale", "/cart", "/checkout", "/stores", "/search"),
            List.of("products", "collections", "gifts"),
            List.of(
                    "linen", "oak", "merino", "brass", "canvas", "walnut", "ceramic", "copper",
                    "wool", "leather"),
            List.of(
                    "jacket",
                    "lamp",
                    "notebook",
                    "bowl",
                    "backpack",
                    "table",
                    "scarf",
                    "kettle",
                    "boots",
                    "chair")),
    BLOG(
            List.of("/", "/about", "/archive", "/newsletter"),
            List.of("posts", "notes", "guides"),
            List.of(
                    "slow",
                    "winter",
                    "first",
                    "small",
                    "sunday",
                    "long",
                    "quiet",
                    "forgotten",
                    "simple",
                    "better"),
            List.of(
                    "bread",
                    "mornings",
                    "trails",
                    "light",
                    "mistakes",
                    "tools",
                    "soup",
                    "weekend",
                    "lessons",
                    "garden")),
    DOCS(
            List.of("/", "/docs", "/download", "/changelog", "/community"),
            List.of("docs", "reference", "tutorials"),
            List.of(
                    "getting", "query", "cluster", "index", "stream", "access", "schema", "backup",
                    "plugin", "client"),
            List.of(
                    "started",
                    "limits",
                    "tuning",
                    "errors",
                    "options",
                    "upgrade",
                    "examples",
                    "security",
                    "internals")),
    APP(
            List.of("/", "/pricing", "/login", "/signup", "/dashboard", "/settings"),
            List.of("app", "features", "help"),
            List.of(
                    "team",
                    "invoice",
                    "calendar",
                    "report",
                    "project",
                    "shift",
                    "client",
                    "room",
                    "export",
                    "billing"),
            List.of(
                    "overview",
                    "new",
                    "history",
                    "templates",
                    "reminders",
                    "permissions",
                    "import",
                    "summary"));

    private final List<String> fixed;
    private final List<String> sections;
    private final List<String> firstWords;
    private final List<String> secondWords;

    SiteKind(
            List<String> fixed,
            List<String> sections,
            List<String> firstWords,
            List<String> secondWords) {
        this.fixed = fixed;
        this.sections = sections;
        this.firstWords = firstWords;
        this.secondWords = secondWords;
    }

    /**
     * Different paths, the most popular first: the home page, then fixed pages among the others.
     */
    List<String> pages(int count, RandomGenerator random) {
        Set<String> named = new LinkedHashSet<>();
        while (named.size() < count) {
            String slug = pick(firstWords, random) + "-" + pick(secondWords, random);
            String path = "/" + pick(sections, random) + "/" + slug;
            named.add(named.contains(path) ? path + "-" + random.nextInt(2, 100) : path);
        }
        List<String> pages = new ArrayList<>(named);
        for (int i = 0; i < fixed.size(); i++) {
            pages.add(2 * i, fixed.get(i));
        }
        return List.copyOf(pages.subList(0, count));
    }

    private static String pick(List<String> words, RandomGenerator random) {
        return words.get(random.nextInt(words.size()));
    }
}
