using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Arithmetic on values, so that rules read as formulas. A number is a constant of the other operand's type.</summary>
internal static class ValueOperators
{
    extension(Value)
    {
        public static Value operator +(Value x, Value y) => Ops.Add(x, y);

        public static Value operator +(Value x, double y) => Ops.Add(x, Ops.Like(x, y));

        public static Value operator +(double x, Value y) => Ops.Add(Ops.Like(y, x), y);

        public static Value operator -(Value x, Value y) => Ops.Sub(x, y);

        public static Value operator -(Value x, double y) => Ops.Sub(x, Ops.Like(x, y));

        public static Value operator -(double x, Value y) => Ops.Sub(Ops.Like(y, x), y);

        public static Value operator *(Value x, Value y) => Ops.Mul(x, y);

        public static Value operator *(double x, Value y) => Ops.Scale(y, x);

        public static Value operator /(Value x, Value y) => Ops.Div(x, y);

        public static Value operator /(double x, Value y) => Ops.Div(Ops.Like(y, x), y);

        public static Value operator -(Value x) => Ops.Neg(x);
    }
}
