package dev.millrace.engine;

import dev.millrace.core.port.StageServices;
import dev.millrace.core.port.Storage;

/** An engine in which no commit is ever due by time: those come that somebody asks for. */
final class StandingClock {
    private StandingClock() {}

    static Engine open(Storage storage) {
        return Engine.open(
                storage,
                EngineOptions.defaults(),
                HandlerSource.NONE,
                StageServices.NONE,
                new SteadyClock(System::currentTimeMillis, () -> 0));
    }
}
