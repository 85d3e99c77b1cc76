using System.Globalization;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Reads whole numbers, lists of them, and scalars.</summary>
internal sealed class NumberParser(GraphLexer lexer)
{
    private const int MaxRank = 255;

    /// <summary>5, −1.</summary>
    internal int ReadInt()
    {
        Token token = lexer.Take(TokenKind.Number, "a whole number");
        return int.TryParse(lexer.Letters(token), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw lexer.Error(token, $"{lexer.Shown(token)} is no whole number of 32 bits.");
    }

    /// <summary>5 as an int, 5L as a long.</summary>
    internal object ReadWhole()
    {
        if (lexer.Letters(lexer.Next) is not [.. ReadOnlySpan<char> digits, 'L'])
        {
            return ReadInt();
        }

        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? Taken(value)
            : throw lexer.Error(lexer.Next, $"{lexer.Shown(lexer.Next)} is no whole number of 64 bits.");
    }

    /// <summary>[0, 1, 2].</summary>
    internal List<int> ReadInts()
    {
        var items = new List<int>();
        lexer.Expect("[");
        if (lexer.TryTake("]"))
        {
            return items;
        }

        do
        {
            items.Add(ReadInt());
        }
        while (lexer.TryTake(","));
        lexer.Expect("]");
        return items;
    }

    /// <summary>[8, 3] with extents of at least 0.</summary>
    internal Shape ReadShape()
    {
        Token place = lexer.Next;
        List<int> extents = ReadInts();
        return extents.Count <= MaxRank && extents.TrueForAll(extent => extent >= 0)
            ? Shape.Of([.. extents])
            : throw lexer.Error(place, $"a shape has at most {MaxRank} extents, each at least 0.");
    }

    /// <summary>Distinct axes, each at least 0.</summary>
    internal Axes ReadAxes()
    {
        Token place = lexer.Next;
        List<int> axes = ReadInts();
        return axes.Count <= MaxRank && axes.TrueForAll(axis => axis >= 0) && axes.Distinct().Count() == axes.Count
            ? new Axes(axes)
            : throw lexer.Error(place, $"axes are at most {MaxRank}, each at least 0 and there once.");
    }

    /// <summary>The number after a dtype.</summary>
    internal Scalar ReadScalar(DType type)
    {
        if (type.IsComplex())
        {
            lexer.Expect("(");
            double real = ReadReal(type.RealPart());
            lexer.Expect(",");
            double imaginary = ReadReal(type.RealPart());
            lexer.Expect(")");
            return Scalar.Of(type, new System.Numerics.Complex(real, imaginary));
        }

        return type.IsFloating() ? Scalar.Of(type, ReadReal(type)) : ReadDiscrete(type);
    }

    private Scalar ReadDiscrete(DType type)
    {
        if (type == DType.Bool)
        {
            return lexer.TryTake("true") ? Scalar.Of(true) : lexer.TryTake("false") ? Scalar.Of(false) : throw lexer.Unexpected("true or false");
        }

        Token token = lexer.Take(TokenKind.Number, "a whole number");
        try
        {
            return ScalarText.ReadInteger(type, lexer.Letters(token)) ?? throw new DTypeException("");
        }
        catch (DTypeException)
        {
            throw lexer.Error(token, $"{lexer.Shown(token)} is no whole number of dtype {type.Name()}.");
        }
    }

    private double ReadReal(DType type)
    {
        Token token = lexer.Take();
        ulong? bits = lexer.Letters(token) is "nan" ? ScalarText.ReadNaN(type, ReadBits()) : ScalarText.ReadDigits(type, lexer.Letters(token));
        return bits is { } read
            ? BitConverter.UInt64BitsToDouble(read)
            : throw lexer.Error(token, $"{lexer.Shown(token)} is no number of dtype {type.Name()}.");
    }

    private ReadOnlySpan<char> ReadBits()
    {
        if (!lexer.TryTake("("))
        {
            return [];
        }

        Token bits = lexer.Take(TokenKind.Number, "the bits of a NaN");
        lexer.Expect(")");
        return lexer.Letters(bits);
    }

    private object Taken(object value)
    {
        lexer.Take();
        return value;
    }
}
