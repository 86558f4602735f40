#include "sim/mail/sieve/syntax.hpp"

#include <utility>

#include <fmt/format.h>

#include "sim/mail/sieve/lexer.hpp"
#include "sim/mail/sieve/limits.hpp"

namespace postack::mail::sieve {
namespace {

class SyntaxParser {
   public:
    explicit SyntaxParser(std::string_view script) : lexer_(script) { advance(); }

    SyntaxTree parse() {
        SyntaxTree tree;
        tree.commands = commands(0);
        if (!wrong() && token_.kind != Token::Kind::end) {
            fail(fmt::format("{} without its '{{'", describe(token_)));
        }
        tree.mistake = lexer_.mistake();
        return tree;
    }

   private:
    [[nodiscard]] bool wrong() const { return lexer_.mistake().has_value(); }
    void advance() { token_ = lexer_.next(); }
    void fail(std::string message) { lexer_.fail(token_.at, std::move(message)); }

    // Up to the end or a closing brace.
    std::vector<Node> commands(std::size_t depth) {
        std::vector<Node> list;
        while (!wrong() && token_.kind != Token::Kind::end && !token_.is('}')) {
            if (token_.kind != Token::Kind::identifier) {
                fail(fmt::format("a command was expected, such as keep; not {}", describe(token_)));
                break;
            }
            Node node = named();
            arguments(node, 0);
            if (wrong()) break;
            if (token_.is(';')) {
                advance();
            } else if (token_.is('{')) {
                node.has_block = true;
                if (depth == max_nesting) {
                    fail(fmt::format("blocks within blocks: at most {} deep", max_nesting));
                    break;
                }
                advance();
                node.block = commands(depth + 1);
                if (wrong()) break;
                if (!token_.is('}')) {
                    lexer_.fail(node.at, fmt::format("the block of this '{}' is not closed: '}}'",
                                                     node.name));
                    break;
                }
                advance();
            } else {
                fail(fmt::format("after '{}' a ';' or a block '{{ }}' was expected, not {}",
                                 node.name, describe(token_)));
                break;
            }
            list.push_back(std::move(node));
        }
        return list;
    }

    Node named() {
        Node node;
        node.name = token_.text;
        node.at = token_.at;
        if (++count_ > max_commands) {
            fail(fmt::format("more than {} commands and tests", max_commands));
        }
        advance();
        return node;
    }

    // arguments = *argument [ test / test-list ]
    void arguments(Node& node, std::size_t depth) {
        while (!wrong()) {
            Argument argument;
            argument.at = token_.at;
            if (token_.kind == Token::Kind::tag) {
                argument.tag = token_.text;
                advance();
            } else if (token_.kind == Token::Kind::number) {
                argument.kind = Argument::Kind::number;
                argument.number = token_.number;
                advance();
            } else if (token_.kind == Token::Kind::string || token_.is('[')) {
                argument.kind = Argument::Kind::strings;
                string_list(argument);
            } else {
                break;
            }
            if (node.arguments.size() == max_arguments) {
                lexer_.fail(argument.at, fmt::format("more than {} arguments", max_arguments));
            }
            node.arguments.push_back(std::move(argument));
        }
        if (wrong()) return;
        if (token_.kind == Token::Kind::identifier) {
            node.tests.push_back(test(depth));
        } else if (token_.is('(')) {
            node.parenthesized = true;
            do {
                advance();
                node.tests.push_back(test(depth));
            } while (!wrong() && token_.is(','));
            if (!wrong() && !token_.is(')')) {
                fail(fmt::format("between tests a ',' was expected, or ')' after the last; not {}",
                                 describe(token_)));
            }
            if (!wrong()) advance();
        }
    }

    Node test(std::size_t depth) {
        Node node;
        if (token_.kind != Token::Kind::identifier) {
            fail(fmt::format("a test was expected, such as header; not {}", describe(token_)));
        } else if (depth == max_nesting) {
            fail(fmt::format("tests within tests: at most {} deep", max_nesting));
        } else {
            node = named();
            arguments(node, depth + 1);
        }
        return node;
    }

    // "a" or ["a", "b"]
    void string_list(Argument& argument) {
        const bool list = token_.is('[');
        do {
            if (list) advance();
            if (wrong()) return;
            if (token_.kind != Token::Kind::string) {
                fail(fmt::format("a \"string\" was expected, not {}", describe(token_)));
                return;
            }
            argument.strings.push_back(std::move(token_.text));
            argument.places.push_back(token_.at);
            advance();
        } while (list && token_.is(','));
        if (!list || wrong()) return;
        if (!token_.is(']')) {
            fail(fmt::format("in a list of strings a ',' or ']' was expected, not {}",
                             describe(token_)));
            return;
        }
        advance();
    }

    Lexer lexer_;
    Token token_;
    std::size_t count_ = 0;
};

}  // namespace

SyntaxTree parse_syntax(std::string_view script) {
    return SyntaxParser{script}.parse();
}

}  // namespace postack::mail::sieve
