package gongbei.bench.peer;

/**
 * The body of a scan.
 *
 * @param code the code's text
 * @param checkpoint kind, or kind and place
 */
public record ScanQuestion(String code, String checkpoint) {}
