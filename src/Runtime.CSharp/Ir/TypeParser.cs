using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Reads the types of values: f32[8, 3], stack(f32[3]).</summary>
internal sealed class TypeParser(GraphLexer lexer)
{
    internal ValueType Read()
    {
        int stacks = 0;
        while (lexer.TryTake("stack"))
        {
            lexer.Expect("(");
            if (++stacks > StackType.MaxDepth)
            {
                throw lexer.Error(lexer.Next, $"stacks are nested deeper than {StackType.MaxDepth}.");
            }
        }

        ValueType type = ReadTensor();
        for (; stacks > 0; stacks--)
        {
            lexer.Expect(")");
            type = new StackType(type);
        }

        return type;
    }

    /// <summary>The dtype of this name.</summary>
    internal static DType? DTypeOf(ReadOnlySpan<char> name)
    {
        foreach (DType type in DTypes.All)
        {
            if (name.SequenceEqual(type.Name()))
            {
                return type;
            }
        }

        return null;
    }

    private TensorType ReadTensor()
    {
        DType type = lexer.Next.Kind == TokenKind.Word && DTypeOf(lexer.Letters(lexer.Next)) is { } known
            ? known
            : throw lexer.Unexpected("a type");
        lexer.Take();
        return new(type, new NumberParser(lexer).ReadShape());
    }
}
