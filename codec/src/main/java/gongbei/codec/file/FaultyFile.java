package gongbei.codec.file;

import java.nio.file.Path;

/**
 * A file that can't be taken as what it is meant to be.
 *
 * @param path the file
 * @param message names the file and the reason, for a log line
 */
public record FaultyFile(Path path, String message) {}
