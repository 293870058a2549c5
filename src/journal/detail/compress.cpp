#include "journal/detail/compress.hpp"

#include <new>
#include <zstd.h>

namespace mitori::journal::detail {

Compressor::Compressor() : packing_(ZSTD_createCCtx()), unpacking_(ZSTD_createDCtx()) {
    if (packing_ == nullptr || unpacking_ == nullptr) throw std::bad_alloc();
}

Compressor::~Compressor() {
    ZSTD_freeCCtx(packing_);
    ZSTD_freeDCtx(unpacking_);
}

std::optional<std::string_view> Compressor::compress(std::string_view payload) {
    // No room for a frame that is not smaller: zstd gives up by itself then.
    scratch_.resize(std::max(scratch_.size(), payload.size()));
    auto const size = ZSTD_compressCCtx(packing_, scratch_.data(), payload.size() - 1, payload.data(), payload.size(),
                                        ZSTD_CLEVEL_DEFAULT);
    if (ZSTD_isError(size) != 0) return std::nullopt;
    return std::string_view(scratch_.data(), size);
}

bool Compressor::holds(std::string_view frame, std::string_view payload) {
    if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != payload.size()) return false;
    scratch_.resize(std::max(scratch_.size(), payload.size()));
    auto const size = ZSTD_decompressDCtx(unpacking_, scratch_.data(), payload.size(), frame.data(), frame.size());
    return ZSTD_isError(size) == 0 && std::string_view(scratch_.data(), size) == payload;
}

} // namespace mitori::journal::detail
