// AMX: products of bf16 in tiles of 16 by 16 sums; everything beside the products is AVX-512's.
//
// Intel 64 and IA-32 Architectures Optimization Reference Manual, chapter 20.
#if !defined(__clang__)  // GCC 12 warns of its own headers (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "model/encoder/kernel.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16")
#endif

#include "model/encoder/kernel_template.h"
#include "model/encoder/vector_avx512_bf16.h"

namespace custos::model {
namespace {

constexpr uint32_t kTileRows = 16, kTileWords = 16, kTileBytes = 64;

// What the processor is told of its tiles: palette 1 with eight of 16 rows of 64 bytes. In a product, tiles 0 to 3 are
// sums, 4 and 5 rows of the left side, 6 and 7 the halves of a panel.
struct alignas(64) TileConfiguration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr TileConfiguration kConfiguration;

// GCC 12 does not know that the instructions of tiles read and write memory.
void order_memory() { std::atomic_signal_fence(std::memory_order_seq_cst); }

struct Amx : VectorAvx512Bf16 {
  static constexpr InstructionSet kInstructions = InstructionSet::kAmx;
  static constexpr uint32_t kRows = 2 * kTileRows;
};
constexpr uint32_t kPanelColumns = KernelsOf<Amx>::kPanelColumns;
constexpr size_t kPanelBytes = kPanelColumns * sizeof(uint32_t);

// A step of a product where rows or words end within a tile: copies, with zeros where words end.
class Rest {
 public:
  void copy_rows(const char* from, size_t row_bytes, uint32_t count, uint32_t words) {
    const __mmask16 mask = static_cast<__mmask16>((1u << words) - 1);
    for (uint32_t r = 0; r < count; ++r) {
      _mm512_store_si512(rows + r * kTileBytes, _mm512_maskz_loadu_epi32(mask, from + r * row_bytes));
    }
    order_memory();
  }
  const uint32_t* copy_panel(const uint32_t* from, uint32_t words) {
    if (words == kTileWords) return from;
    std::copy_n(from, words * kPanelColumns, panel);
    std::fill(panel + words * kPanelColumns, std::end(panel), 0);
    order_memory();
    return panel;
  }
  alignas(64) char rows[Amx::kRows * kTileBytes] = {};

 private:
  alignas(64) uint32_t panel[kTileWords * kPanelColumns];
};

// While the tiles of a block are multiplied, the vector units finish the block before it.
class TileProduct {
 public:
  explicit TileProduct(const Product& product)
      : product_(product),
        steps_((product.words + kTileWords - 1) / kTileWords),
        rows_a_step_((Amx::kRows + steps_ - 1) / steps_),
        fetches_a_step_((2 * kTileWords * Amx::kRows + product.row_count - 1) / product.row_count),
        plain_(KernelsOf<Amx>::is_plain(product)),
        finish_(plain_ ? KernelsOf<Amx>::finish_of<Activation::kNone>(Output::kFloats)
                       : KernelsOf<Amx>::finish_of(product)) {}

  // A panel stays in the nearest cache while all rows go past it, and the next one is fetched.
  void run() {
    _tile_loadconfig(&kConfiguration);
    const uint32_t* panel = product_.panels;
    for (uint32_t column = 0; column < product_.columns; column += kPanelColumns) {
      next_ = reinterpret_cast<const char*>(panel + static_cast<size_t>(product_.words) * kPanelColumns);
      for (uint32_t row = 0; row < product_.row_count; row += Amx::kRows) multiply_block(row, column, panel);
      panel += static_cast<size_t>(product_.words) * kPanelColumns;
    }
    finish_rows(Amx::kRows);
    _tile_release();
  }

 private:
  void multiply_block(uint32_t row, uint32_t column, const uint32_t* panel) {
    const uint32_t count = std::min(Amx::kRows, product_.row_count - row);
    const char* const rows = static_cast<const char*>(product_.rows) + row * product_.row_bytes;
    float* const out = reinterpret_cast<float*>(static_cast<char*>(product_.out) + row * product_.out_bytes) + column;
    start(out, count);
    if (count == Amx::kRows && product_.words % kTileWords == 0) {
      multiply_whole(rows, panel);
    } else if (count > kTileRows) {
      multiply_rest<2>(rows, count, panel);
    } else {
      multiply_rest<1>(rows, count, panel);
    }
    finish_rows(Amx::kRows);
    if (plain_ && count == Amx::kRows) return store_sums(out, product_.out_bytes);
    wait(row, column, count);
  }

  // Where sums are added to what is there, they start from it, in a block that is not whole too.
  void start(const float* out, uint32_t count) {
    if (!plain_ || product_.output == Output::kFloats) return zero_sums();
    if (count == Amx::kRows) return load_sums(out, product_.out_bytes);
    float* const copy = blocks_[turn_ ^ 1];
    for (uint32_t r = 0; r < count; ++r) {
      std::copy_n(out + r * product_.out_bytes / sizeof *out, kPanelColumns, copy + r * kPanelColumns);
    }
    order_memory();
    load_sums(copy, kPanelBytes);
  }

  static void zero_sums() {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }

  static void load_sums(const float* from, size_t row_bytes) {
    const float* const lower = from + kTileRows * row_bytes / sizeof *from;
    _tile_loadd(0, from, row_bytes);
    _tile_loadd(1, from + kTileRows, row_bytes);
    _tile_loadd(2, lower, row_bytes);
    _tile_loadd(3, lower + kTileRows, row_bytes);
  }

  static void store_sums(float* to, size_t row_bytes) {
    float* const lower = to + kTileRows * row_bytes / sizeof *to;
    _tile_stored(0, to, row_bytes);
    _tile_stored(1, to + kTileRows, row_bytes);
    _tile_stored(2, lower, row_bytes);
    _tile_stored(3, lower + kTileRows, row_bytes);
    order_memory();
  }

  template <int kTiles>
  static void step(const char* rows, size_t row_bytes, const uint32_t* panel) {
    _tile_loadd(4, rows, row_bytes);
    _tile_loadd(6, panel, kPanelBytes);
    _tile_loadd(7, panel + kTileRows, kPanelBytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    if constexpr (kTiles == 2) {
      _tile_loadd(5, rows + kTileRows * row_bytes, row_bytes);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }

  void multiply_whole(const char* rows, const uint32_t* panel) {
    for (uint32_t i = 0; i < steps_; ++i) {
      step<2>(rows + i * kTileBytes, product_.row_bytes, panel + i * kTileWords * kPanelColumns);
      for (uint32_t line = 0; line < fetches_a_step_; ++line) {
        _mm_prefetch(next_, _MM_HINT_T1);
        next_ += 64;
      }
      finish_rows(rows_a_step_);
    }
  }

  template <int kTiles>
  void multiply_rest(const char* rows, uint32_t count, const uint32_t* panel) {
    for (uint32_t i = 0; i < steps_; ++i) {
      const uint32_t words = std::min(kTileWords, product_.words - i * kTileWords);
      rest_.copy_rows(rows + i * kTileBytes, product_.row_bytes, count, words);
      step<kTiles>(rest_.rows, kTileBytes, rest_.copy_panel(panel + i * kTileWords * kPanelColumns, words));
      finish_rows(rows_a_step_);
    }
  }

  void wait(uint32_t row, uint32_t column, uint32_t count) {
    turn_ ^= 1;
    sums_ = blocks_[turn_];
    store_sums(blocks_[turn_], kPanelBytes);
    row_ = row;
    column_ = column;
    waiting_ = count;
  }

  // Some rows of the block that waits.
  void finish_rows(uint32_t most) {
    const uint32_t count = std::min(most, waiting_);
    if (count == 0) return;
    finish_(product_, sums_, row_, count, column_);
    sums_ += count * kPanelColumns;
    row_ += count;
    waiting_ -= count;
  }

  const Product& product_;
  const uint32_t steps_, rows_a_step_, fetches_a_step_;
  const bool plain_;
  const KernelsOf<Amx>::Finish finish_;
  alignas(64) float blocks_[2][Amx::kRows * kPanelColumns];
  Rest rest_;
  const char* next_ = nullptr;
  const float* sums_ = nullptr;
  uint32_t turn_ = 0, row_ = 0, column_ = 0, waiting_ = 0;
};

void multiply(const Product& product) { TileProduct(product).run(); }

constexpr Kernels kKernels = KernelsOf<Amx>::table(kTileWords, multiply);

}  // namespace

const Kernels& amx_kernels() { return kKernels; }

}  // namespace custos::model

#if defined(__clang__)
#pragma clang attribute pop
#endif
