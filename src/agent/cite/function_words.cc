#include "agent/cite/function_words.h"

#include <algorithm>
#include <array>

namespace custos::agent {
namespace {

constexpr auto kFunctionWords = std::to_array<std::string_view>({
    "a",       "about",  "above",   "according", "after",    "again",     "all",    "also",    "although", "am",
    "an",      "and",    "any",     "are",       "as",       "at",        "be",     "because", "been",     "before",
    "being",   "below",  "between", "both",      "but",      "by",        "can",    "could",   "did",      "do",
    "does",    "doing",  "down",    "during",    "each",     "either",    "else",   "ever",    "every",    "few",
    "finally", "for",    "from",    "further",   "had",      "has",       "have",   "having",  "he",       "hence",
    "her",     "here",   "hers",    "herself",   "him",      "himself",   "his",    "how",     "however",  "i",
    "if",      "in",     "into",    "is",        "it",       "its",       "itself", "just",    "let",      "like",
    "may",     "me",     "might",   "mine",      "more",     "moreover",  "most",   "must",    "my",       "myself",
    "next",    "nor",    "now",     "of",        "off",      "on",        "once",   "only",    "or",       "other",
    "our",     "ours",   "out",     "over",      "own",      "per",       "please", "rather",  "same",     "shall",
    "she",     "should", "since",   "so",        "some",     "still",     "such",   "than",    "that",     "the",
    "their",   "theirs", "them",    "then",      "there",    "therefore", "these",  "they",    "this",     "those",
    "through", "thus",   "to",      "too",       "under",    "until",     "up",     "upon",    "us",       "very",
    "was",     "we",     "well",    "were",      "what",     "when",      "where",  "whether", "which",    "while",
    "who",     "whom",   "whose",   "why",       "will",     "with",      "within", "without", "would",    "yes",
    "yet",     "you",    "your",    "yours",     "yourself",
});
constexpr auto kQuestionWords = std::to_array<std::string_view>({
    "anybody",  "anyone",    "anything",    "archive",    "ask",       "asked",      "asking",    "asks",
    "describe", "describes", "discuss",     "discussed",  "discusses", "discussion", "email",     "emails",
    "explain",  "explains",  "find",        "give",       "gives",     "know",       "knows",     "list",
    "mail",     "mails",     "many",        "mean",       "meant",     "mention",    "mentioned", "mentioning",
    "mentions", "message",   "messages",    "much",       "name",      "names",      "opinion",   "opinions",
    "reason",   "recommend", "recommended", "recommends", "said",      "say",        "says",      "show",
    "somebody", "someone",   "something",   "summarise",  "summarize", "summary",    "talk",      "talked",
    "talking",  "talks",     "tell",        "telling",    "tells",     "thing",      "things",    "think",
    "thinking", "thinks",    "thought",     "told",       "write",     "writes",     "writing",   "written",
    "wrote",
});
constexpr auto kDenials = std::to_array<std::string_view>({
    "ain't",  "aren't",  "can't",   "cannot",    "couldn't", "didn't",  "doesn't", "don't",  "hadn't",
    "hasn't", "haven't", "isn't",   "mustn't",   "neither",  "never",   "no",      "nobody", "none",
    "nor",    "not",     "nothing", "shouldn't", "wasn't",   "weren't", "without", "won't",  "wouldn't",
});

static_assert(std::ranges::is_sorted(kFunctionWords) && std::ranges::is_sorted(kQuestionWords));
static_assert(std::ranges::is_sorted(kDenials));

}  // namespace

bool is_function_word(std::string_view word) { return std::ranges::binary_search(kFunctionWords, word); }

bool is_question_word(std::string_view word) {
  return is_function_word(word) || std::ranges::binary_search(kQuestionWords, word);
}

bool is_denial(std::string_view word) { return std::ranges::binary_search(kDenials, word); }

}  // namespace custos::agent
