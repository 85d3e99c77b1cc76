namespace Adjoint.Ir;

/// <summary>What running a node once takes, by its types alone.</summary>
/// <param name="Operations">Arithmetic operations on elements.</param>
/// <param name="Bytes">Bytes read and written.</param>
public readonly record struct Cost(double Operations, double Bytes);
