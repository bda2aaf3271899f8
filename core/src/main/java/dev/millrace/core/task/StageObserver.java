package dev.millrace.core.task;

/**
 * Watches which stage is at work, on a sample of the events; how a host, which has a clock, learns
 * what a stage costs.
 */
public interface StageObserver {
    /** Sees nothing. */
    StageObserver NONE =
            new StageObserver() {
                @Override
                public void entered(int stage) {}

                @Override
                public void left() {}
            };

    /** The sampled event comes to the stage of that number, from 0. */
    void entered(int stage);

    /** The sampled event is through. */
    void left();
}
