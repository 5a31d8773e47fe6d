package dev.semblance.embed;

import dev.semblance.record.RawRecord;
import java.util.List;

/** What has to be done for one record: starts it and returns at once, except where back-pressure blocks. */
interface RecordWork {

    /** One output per event of the record, in order; never empty. Thread: the stream thread. */
    List<PendingOutput> start(RawRecord raw);
}
