namespace Adjoint.Front;

/// <summary>What an element of a resized tensor is.</summary>
public enum ResizeMethod
{
    /// <summary>The element whose field its centre lies in.</summary>
    Nearest,

    /// <summary>On the line between the two elements whose centres it lies between; beyond the outer centres the outer element.</summary>
    Linear,
}
