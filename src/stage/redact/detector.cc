#include "stage/redact/detector.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "stage/redact/checks/phone.h"
#include "stage/redact/disguise/encoded_links.h"
#include "stage/redact/kinds/general.h"
#include "stage/redact/scan/email.h"

namespace custos::stage {
namespace {

constexpr float kContextGain = 0.35F;
constexpr float kContextLeast = 0.4F;
constexpr size_t kTypeMax = 64;

// A tag has to be known again as one, see mask.h.
bool is_type_name(std::string_view type) {
  const auto upper = [](char byte) { return byte >= 'A' && byte <= 'Z'; };
  const auto digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  if (type.empty() || type.size() > kTypeMax || !upper(type.front())) return false;
  return std::all_of(type.begin(), type.end(), [&](char b) { return upper(b) || digit(b) || b == '_'; }) &&
         std::count_if(type.begin(), type.end(), digit) <= 2;
}

// E-mail is found by email.h; the pattern is what it amounts to, and can never match by itself twice.
Recognizer email_recognizer() {
  return {.type = "EMAIL", .pattern = R"(\x01@\x01)", .score = 0.95F, .word_edges = false};
}

bool is_wanted(const Recognizer& recognizer, const RedactOptions& options) {
  if (options.profile != Profile::kFull && is_full_profile_type(recognizer.type)) return false;
  return std::find(options.disabled.begin(), options.disabled.end(), recognizer.type) == options.disabled.end();
}

void append(std::vector<Recognizer>& out, std::vector<Recognizer> more, const RedactOptions& options) {
  std::copy_if(std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()), std::back_inserter(out),
               [&](const Recognizer& recognizer) { return is_wanted(recognizer, options); });
}

Status check(const std::vector<Recognizer>& recognizers, const RedactOptions& options) {
  if (recognizers.size() > options.patterns_max) {
    return Error{Code::kLimit, "more recognizers than patterns_max: " + std::to_string(recognizers.size())};
  }
  for (const Recognizer& recognizer : recognizers) {
    if (!is_type_name(recognizer.type)) {
      return Error{Code::kInvalidArgument,
                   "a recognizer's type is capital letters, '_' and at most two digits: \"" + recognizer.type + "\""};
    }
    if (!recognizer.validator.empty() && find_validator(recognizer.validator) == nullptr) {
      return Error{Code::kInvalidArgument,
                   "recognizer " + recognizer.type + " names a validator that does not exist: " + recognizer.validator};
    }
  }
  return {};
}

// A blank at the seam may as well stand between the columns of a table: only a check that rarely holds by chance, or
// the words around, make one identifier of the two.
bool is_believable_join(const JoinedLines& join, const Candidate& candidate, const std::string& type) {
  return join.tight || candidate.in_context || (candidate.checked && (type == "CARD" || type == "IBAN"));
}

bool touches(const std::vector<document::Span>& masks, document::Span span) {
  const auto first =
      std::partition_point(masks.begin(), masks.end(), [&](document::Span mask) { return mask.end <= span.begin; });
  return first != masks.end() && first->begin < span.end;
}

}  // namespace

// One call of detect().
struct Detector::Pass {
  std::string_view original;
  const std::vector<document::Span>& masks;
  DetectScratch& scratch;
  std::vector<Candidate> found;   // of the view in hand
  std::vector<Candidate> judged;  // of all views, in the original
  std::vector<bool> in_context;   // of `context_span`
  document::Span context_span;
};

Detector::Detector(std::vector<Recognizer> recognizers, PatternSet patterns, ContextWords context,
                   DisguisedEmails disguised)
    : recognizers_(std::move(recognizers)),
      patterns_(std::move(patterns)),
      context_(std::move(context)),
      disguised_(std::move(disguised)) {
  for (const Recognizer& recognizer : recognizers_) {
    validators_.push_back(recognizer.validator.empty() ? nullptr : find_validator(recognizer.validator));
  }
}

Result<Detector> Detector::compile(const RedactOptions& options) {
  std::vector<Recognizer> recognizers;
  append(recognizers, options.extra, options);
  const size_t email = recognizers.size();
  append(recognizers, {email_recognizer()}, options);
  const bool has_email = recognizers.size() > email;
  append(recognizers, general_recognizers(), options);
  append(recognizers, national_recognizers(), options);
  RETURN_IF_ERROR(check(recognizers, options));
  ASSIGN_OR_RETURN(PatternSet patterns, PatternSet::compile(recognizers));
  ContextWords context(recognizers);
  ASSIGN_OR_RETURN(DisguisedEmails disguised, DisguisedEmails::compile());
  Detector detector(std::move(recognizers), std::move(patterns), std::move(context), std::move(disguised));
  detector.email_ = static_cast<uint32_t>(has_email ? email : detector.recognizers_.size());
  detector.threshold_ = options.threshold;
  detector.matches_max_ = 8 * options.entities_max;
  return detector;
}

Status Detector::reserve(DetectScratch& scratch) const { return patterns_.reserve(scratch.scan); }

Result<std::vector<Candidate>> Detector::detect(std::string_view text, const std::vector<document::Span>& masks,
                                                DetectScratch& scratch) const {
  Pass pass{text, masks, scratch, {}, {}, std::vector<bool>(recognizers_.size()), {}};
  ContextReader context(context_, text, masks);
  RETURN_IF_ERROR(scan_view({.text = text, .context = context}, pass));
  if (const std::optional<FoldedText> folded = fold(text)) {
    RETURN_IF_ERROR(scan_view({.text = folded->text(), .context = context, .folded = &*folded}, pass));
  }
  if (const std::optional<FoldedText> links = decode_links(text)) {
    const std::vector<document::Span> no_masks;
    ContextReader own(context_, links->text(), no_masks);
    RETURN_IF_ERROR(scan_view({.text = links->text(), .context = own, .folded = &*links, .own_context = true}, pass));
  }
  for (const JoinedLines& join : join_lines(text)) {
    RETURN_IF_ERROR(
        scan_view({.text = join.text.text(), .context = context, .folded = &join.text, .join = &join}, pass));
  }
  return std::move(pass.judged);
}

Status Detector::scan_view(const View& view, Pass& pass) const {
  pass.found.clear();
  RETURN_IF_ERROR(patterns_.scan(view.text, pass.scratch.scan, matches_max_, pass.found));
  if (email_ < recognizers_.size()) add_emails(view, pass.found);
  judge(view, pass);
  return {};
}

void Detector::add_emails(const View& view, std::vector<Candidate>& found) const {
  for (const document::Span span : find_emails(view.text)) found.push_back({.span = span, .recognizer = email_});
  for (const document::Span span : disguised_.find(view.text)) found.push_back({.span = span, .recognizer = email_});
}

void Detector::judge(const View& view, Pass& pass) const {
  // Equal spans stand together, so that the context of each is read once.
  std::sort(pass.found.begin(), pass.found.end(), [](const Candidate& left, const Candidate& right) {
    return std::tuple(left.span, left.recognizer) < std::tuple(right.span, right.recognizer);
  });
  pass.context_span = {};
  for (const Candidate& candidate : pass.found) {
    if (view.join != nullptr && (candidate.span.begin >= view.join->seam || candidate.span.end <= view.join->seam))
      continue;
    judge_one(view, candidate, pass);
  }
}

Verdict Detector::late_verdict(Validator validator, std::string_view value, Pass& pass) {
  return is_slow(validator) ? pass.scratch.verdicts.verdict(validator, value) : validator(value);
}

void Detector::judge_one(const View& view, Candidate candidate, Pass& pass) const {
  const Recognizer& recognizer = recognizers_[candidate.recognizer];
  const Validator validator = validators_[candidate.recognizer];
  const std::string_view value = candidate.span.of(view.text);
  const document::Span here = candidate.span;
  if (view.folded != nullptr) candidate.span = view.folded->original(candidate.span);
  if (touches(pass.masks, candidate.span)) return;
  const bool cheap = validator != nullptr && !only_refutes(validator);
  const Verdict verdict = cheap ? validator(value) : Verdict::kUnsure;
  if (verdict == Verdict::kInvalid) return;
  candidate.checked = verdict == Verdict::kValid;
  candidate.score = candidate.checked ? 1.0F : recognizer.score;
  if (!recognizer.context.empty() && (!candidate.checked || view.join != nullptr)) {
    if (pass.context_span != candidate.span) {
      view.context.find(view.own_context ? here : candidate.span, pass.in_context);
      pass.context_span = candidate.span;
    }
    candidate.in_context = pass.in_context[candidate.recognizer];
    if (candidate.in_context) {
      candidate.score =
          std::max(candidate.score, std::min(1.0F, std::max(candidate.score + kContextGain, kContextLeast)));
    }
  }
  if (candidate.score < threshold_) return;
  if (view.join != nullptr && !is_believable_join(*view.join, candidate, recognizer.type)) return;
  if (validator != nullptr && !cheap && late_verdict(validator, value, pass) == Verdict::kInvalid) return;
  if (is_refuted_by_context(recognizer.type, pass.original, candidate.span)) return;
  pass.judged.push_back(candidate);
}

}  // namespace custos::stage
