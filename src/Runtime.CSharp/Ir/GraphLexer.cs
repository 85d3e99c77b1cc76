using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>What a piece of a graph's text is.</summary>
internal enum TokenKind
{
    /// <summary>The text is over.</summary>
    End,

    /// <summary>Letters, digits and underscores, not beginning with a digit.</summary>
    Word,

    /// <summary>A value's name: % and digits.</summary>
    Name,

    /// <summary>Begins with a digit or a minus.</summary>
    Number,

    /// <summary>Between quotes.</summary>
    Quoted,

    /// <summary>One character.</summary>
    Sign,
}

/// <summary>One piece of a graph's text.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length);

/// <summary>Cuts a graph's text into pieces, one ahead of the parser, and says where in the text an error is.</summary>
internal sealed class GraphLexer
{
    private readonly string text;
    private int position;

    internal GraphLexer(string text)
    {
        this.text = text;
        Move();
    }

    /// <summary>The piece that comes next.</summary>
    internal Token Next { get; private set; }

    /// <summary>The letters of a piece.</summary>
    internal ReadOnlySpan<char> Letters(Token token) => text.AsSpan(token.Start, token.Length);

    /// <summary>Takes the next piece, whatever it is.</summary>
    internal Token Take()
    {
        Token token = Next;
        Move();
        return token;
    }

    /// <summary>Takes a piece that must be of this kind.</summary>
    internal Token Take(TokenKind kind, string wanted) => Next.Kind == kind ? Take() : throw Unexpected(wanted);

    /// <summary>Takes the next piece if it is this word or sign.</summary>
    internal bool TryTake(string letters)
    {
        bool met = Next.Kind is TokenKind.Word or TokenKind.Sign && Letters(Next).SequenceEqual(letters);
        if (met)
        {
            Move();
        }

        return met;
    }

    /// <summary>Takes this word or sign, which must be next.</summary>
    internal void Expect(string letters)
    {
        if (!TryTake(letters))
        {
            throw Unexpected($"'{letters}'");
        }
    }

    /// <summary>The next piece is not what is wanted.</summary>
    internal Core.FormatException Unexpected(string wanted) =>
        Error(Next, Next.Kind == TokenKind.End ? $"the text ends where {wanted} is wanted." : $"'{Shown(Next)}' stands where {wanted} is wanted.");

    /// <summary>An error at a piece of the text.</summary>
    internal Core.FormatException Error(Token token, string message)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, token.Start);
        int line = before.Count('\n') + 1;
        int column = token.Start - before.LastIndexOf('\n');
        return new($"graph text, line {line}, column {column}: {message}");
    }

    /// <summary>The letters of a piece for a message, shortened.</summary>
    internal string Shown(Token token) => token.Length <= 40 ? Letters(token).ToString() : $"{text.AsSpan(token.Start, 40)}…";

    private void Move()
    {
        while (position < text.Length && text[position] is ' ' or '\n' or '\r' or '\t')
        {
            position++;
        }

        int start = position;
        TokenKind kind = Scan();
        Next = new(kind, start, position - start);
    }

    private TokenKind Scan()
    {
        if (position == text.Length)
        {
            return TokenKind.End;
        }

        char first = text[position++];
        switch (first)
        {
            case '%':
                SkipWhile(char.IsAsciiDigit);
                return TokenKind.Name;
            case '"':
                ScanQuoted();
                return TokenKind.Quoted;
            case '-' or (>= '0' and <= '9'):
                ScanNumber();
                return TokenKind.Number;
            case '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                SkipWhile(letter => letter == '_' || char.IsAsciiLetterOrDigit(letter));
                return TokenKind.Word;
            default:
                return TokenKind.Sign;
        }
    }

    private void ScanNumber()
    {
        char last = '0';
        while (position < text.Length
            && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '.' || (last is 'e' or 'E' && text[position] is '+' or '-')))
        {
            last = text[position++];
        }
    }

    private void ScanQuoted()
    {
        int start = position - 1;
        while (position < text.Length && text[position] != '"')
        {
            position += text[position] == '\\' ? 2 : 1;
        }

        if (position >= text.Length)
        {
            throw Error(new(TokenKind.Quoted, start, 1), "the text ends within quotes.");
        }

        position++;
    }

    private void SkipWhile(Func<char, bool> met)
    {
        while (position < text.Length && met(text[position]))
        {
            position++;
        }
    }
}
