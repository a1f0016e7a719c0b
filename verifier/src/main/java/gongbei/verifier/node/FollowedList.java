package gongbei.verifier.node;

import gongbei.codec.file.FaultyFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Something that a node reads from files, and reads again when they change.
 *
 * @param name the value of its label in metrics, as in {@code trust}
 * @param what names it in log lines
 * @param reload reads it again if it has changed, and answers whether it has
 * @param inForce says what is in force
 * @param faults the files that do not count
 * @param passedOver what stands beside the files and is not read
 */
record FollowedList(
    String name,
    String what,
    Callable<Boolean> reload,
    Supplier<String> inForce,
    Supplier<List<FaultyFile>> faults,
    Supplier<List<Path>> passedOver) {}
