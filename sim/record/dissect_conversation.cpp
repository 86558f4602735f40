#include "sim/record/dissect_conversation.hpp"

#include <algorithm>
#include <cstring>

namespace postack::record {

std::size_t ConversationTable::KeyHash::operator()(const Key& key) const {
    // FNV-1a over words: any mixing will do, since only equality decides.
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (std::size_t at = 0; at < key.bytes.size(); at += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, &key.bytes[at], sizeof word);
        hash = (hash ^ word) * 0x100000001b3ULL;
    }
    return static_cast<std::size_t>(hash ^ (hash >> 29));
}

ConversationTable::Found ConversationTable::find(const wire::Endpoint& source,
                                                 const wire::Endpoint& destination) {
    Found found;
    found.from_low = source <= destination;
    const wire::Endpoint& low = found.from_low ? source : destination;
    const wire::Endpoint& high = found.from_low ? destination : source;
    Key key;
    const auto low_bytes = low.address.bytes();
    const auto high_bytes = high.address.bytes();
    std::copy(low_bytes.begin(), low_bytes.end(), key.bytes.begin());
    std::copy(high_bytes.begin(), high_bytes.end(), key.bytes.begin() + 16);
    core::store_u16(&key.bytes[32], low.port);
    core::store_u16(&key.bytes[34], high.port);

    if (last_ != nullptr && key == last_key_) {
        found.conversation = last_;
        return found;
    }
    if (table_.size() >= max_conversations && table_.find(key) == table_.end()) table_.clear();
    const auto [entry, created] = table_.try_emplace(key);
    if (created) {
        entry->second.stream = next_stream_++;
        entry->second.client_is_low = found.from_low;
    }
    found.conversation = &entry->second;
    found.created = created;
    last_key_ = key;
    last_ = found.conversation;
    return found;
}

Conversation& ConversationTable::replace(Conversation& old) {
    old = Conversation{};
    old.stream = next_stream_++;
    return old;
}

}  // namespace postack::record
