using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Reads a node's attributes: {axes = axes[0], value = f32 1.5}.</summary>
internal sealed class AttributeParser(GraphLexer lexer, Func<Graph> readGraph)
{
    private readonly NumberParser numbers = new(lexer);

    /// <summary>The attributes by name, each with the place of its name; none where no brace follows.</summary>
    internal Dictionary<string, (Token Place, object Value)> Read()
    {
        var attributes = new Dictionary<string, (Token, object)>(StringComparer.Ordinal);
        if (!lexer.TryTake("{"))
        {
            return attributes;
        }

        do
        {
            Token name = lexer.Take(TokenKind.Word, "the name of an attribute");
            lexer.Expect("=");
            if (!attributes.TryAdd(lexer.Letters(name).ToString(), (name, ReadValue())))
            {
                throw lexer.Error(name, $"attribute {lexer.Shown(name)} is given twice.");
            }
        }
        while (lexer.TryTake(","));
        lexer.Expect("}");
        return attributes;
    }

    /// <summary>A string in quotes.</summary>
    internal string ReadQuoted()
    {
        Token token = lexer.Take(TokenKind.Quoted, "a string in quotes");
        return QuotedText.Read(lexer.Letters(token)[1..^1])
            ?? throw lexer.Error(token, "a backslash is followed by none of \\, \", n, u and four digits.");
    }

    /// <summary>A whole number.</summary>
    internal int ReadInt() => numbers.ReadInt();

    private object ReadValue() => lexer.Next.Kind switch
    {
        TokenKind.Number => numbers.ReadWhole(),
        TokenKind.Quoted => ReadQuoted(),
        TokenKind.Word => ReadWord(),
        _ when lexer.Letters(lexer.Next) is "[" => new Ints(numbers.ReadInts()),
        _ => throw lexer.Unexpected("an attribute's value"),
    };

    private object ReadWord()
    {
        ReadOnlySpan<char> word = lexer.Letters(lexer.Next);
        if (TypeParser.DTypeOf(word) is { } type)
        {
            lexer.Take();
            return numbers.ReadScalar(type);
        }

        switch (word)
        {
            case "graph":
                return new Body(readGraph());
            case "true" or "false":
                return lexer.Letters(lexer.Take()) is "true";
            case "axes":
                lexer.Take();
                return numbers.ReadAxes();
            case "shape":
                lexer.Take();
                return numbers.ReadShape();
            case "bodies":
                lexer.Take();
                return new Bodies(ReadBodies());
            default:
                throw lexer.Unexpected("an attribute's value");
        }
    }

    private List<Body> ReadBodies()
    {
        var bodies = new List<Body>();
        lexer.Expect("[");
        if (!lexer.TryTake("]"))
        {
            do
            {
                bodies.Add(readGraph());
            }
            while (lexer.TryTake(","));
            lexer.Expect("]");
        }

        return bodies;
    }
}
