package gongbei.verifier.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * One whole HTTP request.
 *
 * @param path without the query, which no operation takes
 */
record HttpQuestion(String method, String path, HttpHeaders headers, byte[] body) {}
