/**
 * The report: one page of all results in a directory, those of {@code load run} and of JMH. It may
 * know results as files and {@link gongbei.bench.load.QuickLoads}. Start with {@link
 * gongbei.bench.report.ReportCommand}; {@code page.html} is the page's template.
 */
package gongbei.bench.report;
