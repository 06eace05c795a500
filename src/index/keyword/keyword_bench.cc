// Indexes texts, one a line, and runs queries as words joined by OR: quality, speed and size.
//
// usage: keyword_bench TEXTS QUERIES [LANGUAGE [K1 B]…]
// A line of QUERIES is the wanted texts, a tab, and the query. Wanted texts are numbers from 0, or graded as "12:4
// 7:2". With several pairs of K1 and B each is measured; even and odd queries are reported apart, to fit on one half
// only.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "index/keyword/analysis/analyzer.h"
#include "index/keyword_search.h"
#include "index/postings_writer.h"

namespace custos::stage {
class Redactor {
 public:
  static document::RedactedText make(std::string text) { return {std::move(text), {}}; }
};
}  // namespace custos::stage

namespace custos::index {
namespace {

// Of the processor, so that a busy machine does not count.
struct Clock {
  using time_point = std::clock_t;
  static time_point now() { return std::clock(); }
};

struct WantedQuery {
  std::map<uint32_t, int> wanted;  // text, grade
  Query query;
};

double seconds_since(Clock::time_point begin) { return static_cast<double>(Clock::now() - begin) / CLOCKS_PER_SEC; }

std::vector<document::RedactedText> read_texts(const char* path, size_t& bytes) {
  std::vector<document::RedactedText> texts;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    bytes += line.size();
    texts.push_back(stage::Redactor::make(line));
  }
  return texts;
}

Query bag_of_words(const std::string& text) {
  Query query;
  query.kind = Query::Kind::kOr;
  for (const AnalyzedWord& word : analyze(text, {0, static_cast<uint32_t>(text.size())}, kQueryNodesMax / 2)) {
    Query child;
    child.kind = Query::Kind::kWord;
    child.text = word.plain;
    query.children.push_back(std::move(child));
  }
  return query;
}

std::vector<WantedQuery> read_queries(const char* path) {
  std::vector<WantedQuery> queries;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t tab = line.find('\t');
    WantedQuery& query = queries.emplace_back();
    std::istringstream wanted(line.substr(0, tab));
    for (std::string item; wanted >> item;) {
      const size_t colon = item.find(':');
      const int grade = colon == std::string::npos ? 1 : std::atoi(item.c_str() + colon + 1);
      query.wanted[static_cast<uint32_t>(std::atoi(item.c_str()))] = grade;
    }
    query.query = bag_of_words(line.substr(tab + 1));
  }
  return queries;
}

Status write_index(const std::vector<document::RedactedText>& texts, const std::string& language,
                   const std::filesystem::path& path, double& add_s, double& finish_s) {
  auto begin = Clock::now();
  ASSIGN_OR_RETURN(const auto writer, PostingsWriter::create(path));
  for (const document::RedactedText& text : texts) {
    const document::Span all{0, static_cast<uint32_t>(text.text().size())};
    writer->add_text(Field::kAuthored, text, {&all, 1}, language);
    RETURN_IF_ERROR(writer->end_row());
  }
  add_s = seconds_since(begin);
  begin = Clock::now();
  RETURN_IF_ERROR(writer->finish());
  finish_s = seconds_since(begin);
  return {};
}

struct Quality {
  double reciprocal = 0, at_1 = 0, at_10 = 0, at_100 = 0, gain = 0;
  int queries = 0;

  void add(const WantedQuery& query, const std::vector<KeywordHit>& hits) {
    ++queries;
    std::vector<int> grades;
    for (const auto& [text, grade] : query.wanted) grades.push_back(grade);
    std::sort(grades.rbegin(), grades.rend());
    double ideal = 0, found = 0;
    for (size_t i = 0; i < std::min<size_t>(10, grades.size()); ++i) ideal += grades[i] / std::log2(2.0 + double(i));
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < hits.size(); ++i) {
      const auto at = query.wanted.find(hits[i].row);
      if (at == query.wanted.end()) continue;
      first = std::min(first, i);
      if (i < 10) found += at->second / std::log2(2.0 + double(i));
    }
    gain += ideal > 0 ? found / ideal : 0;
    reciprocal += first < 10 ? 1.0 / double(first + 1) : 0;
    at_1 += first < 1 ? 1 : 0;
    at_10 += first < 10 ? 1 : 0;
    at_100 += first < 100 ? 1 : 0;
  }

  [[nodiscard]] std::string text() const {
    const double n = std::max(queries, 1);
    return fmt::format("MRR@10 {:.4f} R@1 {:.4f} R@10 {:.4f} R@100 {:.4f} nDCG@10 {:.4f}", reciprocal / n, at_1 / n,
                       at_10 / n, at_100 / n, gain / n);
  }
};

Status measure(const std::shared_ptr<const PostingsReader>& reader, const std::vector<WantedQuery>& queries,
               const Bm25Options& options) {
  const KeywordSearch search({reader}, options);
  Quality halves[2], all;
  std::vector<double> times_ms;
  for (size_t i = 0; i < queries.size(); ++i) {
    const auto begin = Clock::now();
    ASSIGN_OR_RETURN(const KeywordResult result, search.best(queries[i].query, {}, 100));
    times_ms.push_back(seconds_since(begin) * 1000);
    halves[i % 2].add(queries[i], result.hits);
    all.add(queries[i], result.hits);
  }
  std::sort(times_ms.begin(), times_ms.end());
  fmt::print("k1 {:.2f} b {:.2f}\n  even {}\n  odd  {}\n  all  {}\n  ms p50 {:.3f} p99 {:.3f}\n", options.k1, options.b,
             halves[0].text(), halves[1].text(), all.text(), times_ms[times_ms.size() / 2],
             times_ms[times_ms.size() * 99 / 100]);
  return {};
}

Status run(int count, char** arguments) {
  size_t bytes = 0;
  const auto texts = read_texts(arguments[1], bytes);
  const std::vector<WantedQuery> queries = read_queries(arguments[2]);
  const std::string language = count > 3 ? arguments[3] : "en";
  const auto path = std::filesystem::temp_directory_path() / fmt::format("keyword_bench.{}", std::rand());
  double add_s = 0, finish_s = 0;
  RETURN_IF_ERROR(write_index(texts, language, path, add_s, finish_s));
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  ASSIGN_OR_RETURN(const auto reader, PostingsReader::open(path));
  RETURN_IF_ERROR(reader->check());
  std::filesystem::remove(path);
  const double megabytes = static_cast<double>(bytes) / 1e6;
  fmt::print(
      "{} texts, {:.1f} MB: added in {:.3f} s ({:.0f} MB/s), finished in {:.3f} s; {} terms, {:.3f} bytes a byte\n",
      texts.size(), megabytes, add_s, megabytes / add_s, finish_s, reader->terms(), size / double(bytes));
  Bm25Options options;
  if (const char* share = std::getenv("EXACT_SHARE")) options.exact_share = std::atof(share);
  if (count < 6) return measure(reader, queries, options);
  for (int i = 4; i + 1 < count; i += 2) {
    options.k1 = std::atof(arguments[i]);
    options.b = std::atof(arguments[i + 1]);
    RETURN_IF_ERROR(measure(reader, queries, options));
  }
  return {};
}

}  // namespace
}  // namespace custos::index

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: keyword_bench TEXTS QUERIES [LANGUAGE [K1 B]...]\n";
    return 2;
  }
  const auto status = custos::index::run(argc, argv);
  if (!status.ok()) std::cerr << status.error().message << "\n";
  return status.ok() ? 0 : 1;
}
