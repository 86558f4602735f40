// SMTP (RFC 5321) as Wireshark 4.0 shows it. Its way of telling commands from mail text is kept,
// odd as it is, since a student compares the two lists line by line: the client is taken to send
// mail text as soon as the word DATA passes, whatever the server answers (measured: capture
// smtp-errors), and what is no command is taken for mail text too (measured: capture
// smtp-get-http).
#include <array>

#include "sim/record/dissect_application.hpp"
#include "sim/record/dissect_imf.hpp"
#include "sim/record/dissect_text.hpp"

namespace postack::record {

namespace {

// Memory that a conversation keeps between two messages.
constexpr std::size_t message_kept_between = 4096;

bool same_word(std::string_view a, std::string_view word) {
    return a.size() == word.size() && starts_with_word(a, word);
}

// Four letters, or one of the longer verbs that Wireshark knows.
bool is_command(std::string_view line) {
    static constexpr std::array<std::string_view, 4> longer{"STARTTLS", "X-EXPS", "X-LINK2STATE",
                                                            "XEXCH50"};
    const std::string_view verb = line.substr(0, line.find(' '));
    if (verb.size() == 4) {
        for (const char c : verb) {
            if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) return false;
        }
        return true;
    }
    for (const auto word : longer) {
        if (same_word(verb, word)) return true;
    }
    return false;
}

class SmtpDissector final : public ApplicationDissector {
   public:
    std::string_view read(bool from_client, core::BytesView bytes, std::string& info) override {
        if (tls_ == Tls::running) return "TCP";
        const LineRange first = find_line(bytes, 0);
        if (!first.ended) return {};
        return from_client ? read_client(bytes, info) : read_server(bytes, info);
    }

   private:
    enum class Auth : std::uint8_t { none, login, login_user, user, password, other };
    enum class Tls : std::uint8_t { no, asked, running };
    enum class Kind : std::uint8_t { command, message, end_of_message };

    std::string_view read_client(core::BytesView bytes, std::string& info) {
        std::size_t end = 0;
        const Auth auth_before = auth_;
        switch (classify(bytes, end)) {
            case Kind::message:
                keep(bytes);
                info += "C: DATA fragment, ";
                append_number(info, bytes.size());
                info += bytes.size() == 1 ? " byte" : " bytes";
                return "SMTP";
            case Kind::end_of_message: {
                keep(bytes.first(end));
                std::size_t messages = 0;
                if (message_.empty()) {
                    info += "C: .";
                } else {
                    messages = append_message(info, core::as_bytes(message_));
                }
                message_.clear();
                if (message_.capacity() > message_kept_between) message_.shrink_to_fit();
                // Wireshark names each message within the other.
                static constexpr std::string_view most = "SMTP/IMF/IMF/IMF/IMF";
                static constexpr std::size_t smtp = 4, imf = 4;
                return most.substr(0, std::min(smtp + messages * imf, most.size()));
            }
            case Kind::command: break;
        }
        info += "C: ";
        show_commands(bytes, auth_before, info);
        return "SMTP";
    }

    // Goes through the lines as commands or mail text; the last one decides what the segment is.
    Kind classify(core::BytesView bytes, std::size_t& end_of_message) {
        Kind kind = Kind::command;
        for (std::size_t at = 0; at < bytes.size();) {
            const LineRange line = find_line(bytes, at);
            const std::string_view rest = core::as_text(bytes.subspan(at));
            const std::string_view text = rest.substr(0, line.length);
            if (reading_data_) {
                const bool dot = line_end_seen_ && rest.substr(0, 3) == ".\r\n";
                if (dot || rest.substr(0, 5) == "\r\n.\r\n") {
                    end_of_message = at;
                    reading_data_ = false;
                    return Kind::end_of_message;
                }
                line_end_seen_ = rest.size() >= 2 && rest.substr(rest.size() - 2) == "\r\n";
                kind = Kind::message;
            } else if (auth_ != Auth::none) {
                kind = Kind::command;
                advance_auth();
            } else if (!is_command(text)) {
                kind = Kind::message;
            } else {
                kind = Kind::command;
                take_command(text);
            }
            at = line.next;
        }
        return kind;
    }

    void take_command(std::string_view text) {
        if (starts_with_word(text, "DATA")) {
            reading_data_ = true;
            line_end_seen_ = true;
        } else if (starts_with_word(text, "STARTTLS")) {
            tls_ = Tls::asked;
        } else if (starts_with_word(text, "AUTH LOGIN")) {
            auth_ = text.size() > 11 ? Auth::user : Auth::login;
        } else if (starts_with_word(text, "AUTH PLAIN") || starts_with_word(text, "AUTH NTLM")) {
            auth_ = Auth::other;
        }
    }

    // A line of the client inside an exchange (RFC 4954).
    void advance_auth() {
        if (auth_ == Auth::login_user) auth_ = Auth::user;
    }

    void show_commands(core::BytesView bytes, Auth auth, std::string& info) {
        for (std::size_t at = 0; at < bytes.size();) {
            const LineRange line = find_line(bytes, at);
            const core::BytesView content = bytes.subspan(at, line.length);
            const std::string_view text = core::as_text(content);
            if (at > 0) info += " | ";
            if (auth == Auth::login_user) {
                info += "User: ";
                append_text(info, content);
            } else if (auth == Auth::password) {
                info += "Pass: ";
                append_text(info, content);
            } else if (auth == Auth::none && starts_with_word(text, "AUTH LOGIN ") &&
                       text.size() > 11) {
                append_text(info, content.first(11));
                info += "User: ";
                append_text(info, content.subspan(11));
            } else {
                append_text(info, content);
            }
            auth = auth_;
            at = line.next;
        }
    }

    std::string_view read_server(core::BytesView bytes, std::string& info) {
        info += "S: ";
        bool continued = false;
        for (std::size_t at = 0; at < bytes.size();) {
            const LineRange line = find_line(bytes, at);
            const core::BytesView content = bytes.subspan(at, line.length);
            if (at > 0) info += " | ";
            at = line.next;
            if (content.size() < 3) continue;
            int code = 0;
            bool digits = true;
            for (const core::Byte c : content.first(3)) {
                digits = digits && c >= '0' && c <= '9';
                code = code * 10 + (c - '0');
            }
            if (!digits) continue;
            answer(code);
            if (!continued) {
                append_text(info, content);
            } else if (content.size() > 4) {
                append_text(info, content.subspan(4));
            }
            continued = content.size() > 3 && content[3] == '-';
        }
        return "SMTP";
    }

    void answer(int code) {
        if (tls_ == Tls::asked) tls_ = code == 220 ? Tls::running : Tls::no;
        if (auth_ == Auth::none) return;
        if (code != 334) {
            auth_ = Auth::none;
        } else if (auth_ == Auth::login) {
            auth_ = Auth::login_user;
        } else if (auth_ == Auth::user) {
            auth_ = Auth::password;
        }
    }

    void keep(core::BytesView bytes) {
        if (message_.size() >= max_message_kept) return;
        message_ +=
            core::as_text(bytes.first(std::min(bytes.size(), max_message_kept - message_.size())));
    }

    std::string message_;
    Auth auth_ = Auth::none;
    Tls tls_ = Tls::no;
    bool reading_data_ = false;
    bool line_end_seen_ = true;
};

}  // namespace

std::unique_ptr<ApplicationDissector> make_smtp_dissector() {
    return std::make_unique<SmtpDissector>();
}

}  // namespace postack::record
