// From a text to scored candidates: patterns, then checks, then context.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stage/redact/candidate.h"
#include "stage/redact/context.h"
#include "stage/redact/disguise/line_join.h"
#include "stage/redact/redactor.h"
#include "stage/redact/scan/disguised_email.h"
#include "stage/redact/scan/pattern_set.h"
#include "stage/redact/verdict_cache.h"

namespace custos::stage {

// The working memory of one thread.
struct DetectScratch {
  ScanScratch scan;
  VerdictCache verdicts;
};

// Immutable; shared by threads, each with a scratch of its own.
class Detector {
 public:
  [[nodiscard]] static Result<Detector> compile(const RedactOptions& options);
  [[nodiscard]] Status reserve(DetectScratch& scratch) const;

  // Every candidate that scores options.threshold or more and touches none of `masks`, in no order; many overlap.
  [[nodiscard]] Result<std::vector<Candidate>> detect(std::string_view text, const std::vector<document::Span>& masks,
                                                      DetectScratch& scratch) const;

  [[nodiscard]] const std::vector<Recognizer>& recognizers() const { return recognizers_; }

 private:
  // A text that is scanned, and where its bytes are in the one that is redacted.
  struct View {
    std::string_view text;
    ContextReader& context;              // of the original, or of this text
    const FoldedText* folded = nullptr;  // null: the same bytes
    const JoinedLines* join = nullptr;   // only what crosses its seam counts
    bool own_context = false;            // words around are read here, since in the original they are encoded too
  };
  struct Pass;

  Detector(std::vector<Recognizer> recognizers, PatternSet patterns, ContextWords context, DisguisedEmails disguised);
  [[nodiscard]] Status scan_view(const View& view, Pass& pass) const;
  void add_emails(const View& view, std::vector<Candidate>& found) const;
  void judge(const View& view, Pass& pass) const;
  static Verdict late_verdict(Validator validator, std::string_view value, Pass& pass);
  void judge_one(const View& view, Candidate candidate, Pass& pass) const;

  std::vector<Recognizer> recognizers_;
  std::vector<Validator> validators_;  // null where the recognizer has none
  PatternSet patterns_;
  ContextWords context_;
  DisguisedEmails disguised_;
  uint32_t email_ = 0;  // index of the recognizer that stands for e-mail; past the end when disabled
  float threshold_ = 0;
  size_t matches_max_ = 0;
};

}  // namespace custos::stage
